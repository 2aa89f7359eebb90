"""Food facts of the demo: what is declared could be true."""

import pytest

from marketplace.local.demo.recipes import Cookbook, nutrition

DECLARED = [recipe for recipe in Cookbook().recipes if recipe.table]


@pytest.mark.parametrize("recipe", DECLARED, ids=lambda recipe: recipe.words[0])
@pytest.mark.parametrize("share", [0, 1])
def test_nutrition_adds_up(recipe, share):
    facts = nutrition(recipe, share)
    assert facts["saturates"] <= facts["fat"]
    assert facts["sugars"] <= facts["carbohydrate"]
    assert facts["fat"] + facts["carbohydrate"] + facts["protein"] <= 100.1
    assert facts["energy_kj"] == pytest.approx(facts["energy_kcal"] * 4.184, rel=0.03, abs=3)


def test_most_processed_food_declares_its_nutrition():
    exempt = [
        recipe for recipe in Cookbook().recipes if recipe.nutrition == "SMALL_MAKER" and not recipe.table
    ]
    assert len(exempt) < len(DECLARED) / 10


def test_what_people_ask_for_first_is_a_staple():
    book = Cookbook()
    for name, shelf in [
        ("Żurek siewierski", "zupy"),
        ("Jaja z Radziwiłłowa", "jaja"),
        ("Tej ziołowy", "spizarnia"),
    ]:
        assert book.find(name, shelf).staple
