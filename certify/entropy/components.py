"""Strongly connected components of a graph (Tarjan 1972), in an order that edges never climb."""

from __future__ import annotations

from collections.abc import Sequence


def components(targets: Sequence[Sequence[int]]) -> list[list[int]]:
    """The components, each sorted, such that an edge leads to its own component or to one earlier in the list."""
    count = 0
    number = [-1] * len(targets)
    low = [0] * len(targets)
    done = [False] * len(targets)
    path: list[int] = []
    found: list[list[int]] = []
    for root in range(len(targets)):
        if number[root] >= 0:
            continue
        stack = [(root, 0)]
        while stack:
            node, edge = stack.pop()
            if number[node] < 0:
                number[node] = low[node] = count
                count += 1
                path.append(node)
            for at in range(edge, len(targets[node])):
                target = targets[node][at]
                if number[target] < 0:
                    stack += [(node, at), (target, 0)]
                    break
                if not done[target]:
                    low[node] = min(low[node], low[target])
            else:
                if low[node] == number[node]:
                    members = []
                    while not done[node]:
                        members.append(path.pop())
                        done[members[-1]] = True
                    found.append(sorted(members))
    return found


def within(targets: Sequence[Sequence[int]], members: Sequence[int]) -> list[list[int]]:
    """The edges among these nodes, with the nodes numbered anew by their places in the list."""
    place = {node: i for i, node in enumerate(members)}
    return [[place[target] for target in targets[node] if target in place] for node in members]
