"""Fresh goods that producers promise for the packing days of the coming rounds."""

from datetime import timedelta

from distribution.models import Round, Supply, SupplyChange
from marketplace.local.demo.shelves import Placed
from marketplace.local.demo.world import World, save

ROUNDS_AHEAD = 6
PIECES = (10, 45)


def make(world: World, placed: Placed, rounds: dict[str, list[Round]]) -> None:
    chance = world.chance("promises")
    supply = []
    for goods, code in placed:
        recipe = goods.dish.recipe
        if not recipe.fresh:
            continue
        usual = chance.randint(*PIECES) * (2 if len(goods.offers) > 1 or code == "LES" else 1)
        supply += [
            Supply(
                item=goods.item,
                centre=one.centre,
                kind=Supply.Kind.PROMISE,
                available_on=one.packs_on,
                usable_until=one.packs_on + timedelta(days=recipe.life),
                quantity=max(6, round(usual * chance.uniform(0.8, 1.2))),
            )
            for one in rounds[code][:ROUNDS_AHEAD]
        ]
    save(supply, "zapowiedzi")
    at = world.days_ago(1, 18)
    save([SupplyChange(supply=row, old=0, new=row.quantity, at=at) for row in supply], "historia podaży")
