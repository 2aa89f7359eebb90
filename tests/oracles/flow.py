"""Minimum-cost flow by successive shortest paths: exact, integral, and small enough to be read."""

from collections import deque
from dataclasses import dataclass, field


@dataclass
class Arc:
    to: int
    room: int
    cost: int
    back: "Arc | None" = None


@dataclass
class Network:
    """Nodes are numbers; each arc has an arc back, with no room of its own and the opposite cost."""

    size: int
    arcs: list[list[Arc]] = field(init=False)

    def __post_init__(self):
        self.arcs = [[] for _ in range(self.size)]

    def join(self, start, end, room, cost):
        there, back = Arc(end, room, cost), Arc(start, 0, -cost)
        there.back, back.back = back, there
        self.arcs[start].append(there)
        self.arcs[end].append(back)
        return there


def send(network, start, end):
    """Sends as much as fits from start to end, as cheaply as can be. Returns (units, cost)."""
    units = cost = 0
    while (path := _cheapest(network, start, end)) is not None:
        step = min(arc.room for arc in path)
        for arc in path:
            arc.room -= step
            arc.back.room += step
            cost += step * arc.cost
        units += step
    return units, cost


def _cheapest(network, start, end):
    """The cheapest path with room left, as arcs, or None. Costs may be negative, cycles are not."""
    far = {start: 0}
    came: dict[int, Arc] = {}
    queue, waiting = deque([start]), {start}
    while queue:
        node = queue.popleft()
        waiting.discard(node)
        for arc in network.arcs[node]:
            if arc.room and far[node] + arc.cost < far.get(arc.to, float("inf")):
                far[arc.to] = far[node] + arc.cost
                came[arc.to] = arc
                if arc.to not in waiting:
                    waiting.add(arc.to)
                    queue.append(arc.to)
    if end not in far:
        return None
    path, node = [], end
    while node != start:
        path.append(came[node])
        node = came[node].back.to
    return path
