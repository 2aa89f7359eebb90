"""Which centres carry which goods: each at home and at a few others, so that every shop is rich."""

from collections import Counter
from random import Random

from marketplace.local.demo.centres import CODES, LESZNO
from marketplace.local.demo.goods import Goods
from marketplace.local.demo.world import World

# At how many other centres, and how often so.
OTHERS, WEIGHTS = (2, 3, 4), (1, 2, 2)
ENOUGH = 265  # offers at each centre, if the network has so many that may travel

Placed = list[tuple[Goods, str]]


def place(world: World, goods: list[Goods]) -> Placed:
    """Every goods with the code of a centre, once for each centre that carries it."""
    chance = world.chance("shelves")
    codes = sorted([*CODES.values(), LESZNO])
    placed = [(one, _home(one)) for one in goods]
    load = Counter(dict.fromkeys(codes, 0))
    for one, code in placed:
        load[code] += len(one.offers)
    travelling = [one for one in goods if not one.is_local]
    away = {id(one): {_home(one)} for one in goods}
    for one in chance.sample(travelling, len(travelling)):
        for _centre in range(chance.choices(OTHERS, WEIGHTS)[0]):
            placed.append((one, _emptiest(load, away[id(one)], chance)))
            away[id(one)].add(placed[-1][1])
            load[placed[-1][1]] += len(one.offers)
    return placed + list(_more(travelling, load, away, chance))


def _home(one: Goods) -> str:
    return LESZNO if one.maker.in_leszno else CODES[one.maker.producer.voivodeship_id]


def _emptiest(load: Counter[str], taken: set[str], chance: Random) -> str:
    free = [code for code in load if code not in taken]
    return min(free, key=lambda code: (load[code], chance.random()))


def _more(travelling: list[Goods], load: Counter[str], away: dict[int, set[str]], chance: Random):
    for code in load:
        absent = [one for one in travelling if code not in away[id(one)]]
        for one in chance.sample(absent, len(absent)):
            if load[code] >= ENOUGH:
                break
            load[code] += len(one.offers)
            yield one, code
