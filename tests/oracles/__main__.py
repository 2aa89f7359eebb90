"""The table of docs/sourcing.md: `python -m tests.oracles`."""

import time

from tests.oracles.allocation import best, by_policy, case, cost_of, parcels, served

LINES, SEEDS = 1000, (1, 2, 3, 4, 5)


if __name__ == "__main__":
    print(
        "| seed | short at checkout | flow | cost at release | flow | above | parcels | flow | saved | seconds |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for seed in SEEDS:
        found = case(LINES, seed)
        first = by_policy(found, again=False)
        began = time.perf_counter()
        second = by_policy(found)
        took = time.perf_counter() - began
        short, missing = cost_of(found, first)[1], best(found, found.sources)[1]
        sold = served(found, first)
        total = cost_of(sold, second)[0]
        least, _none, sent = best(sold, [*found.sources, *found.later])
        print(
            f"| {seed} | {short} | {missing} | {total} | {least} | {100 * (total - least) / abs(least):.0f} % "
            f"| {parcels(second)} | {sent} | {parcels(first) - parcels(second)} | {took:.1f} |"
        )
