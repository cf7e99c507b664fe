"""The workloads that will never get ready, by the graph alone: circular waits, and waits for what does not exist. Pure.

A workload needs everything that it waits for; a Service needs one of the workloads behind it. What can get ready is the least fixed point
of these rules, starting from what waits for nothing; the rest never will.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import networkx as nx

from simulator.objects.kinds import Key
from simulator.views.graph.model import Link, Place, Stuck, name_of

if TYPE_CHECKING:
    Graph = nx.DiGraph[Key]


def stuck(places: Iterable[Place], links: Iterable[Link], open_services: frozenset[Key] = frozenset()) -> list[Stuck]:
    """The workloads that cannot get ready. `open_services` have endpoints in any case: published unready, or written by hand."""
    known = {place.key: place for place in places}
    needs: dict[Key, list[Link]] = {}
    behind: dict[Key, list[Key]] = {}
    for link in links:
        if link.kind == "waits" and not link.has_passed:
            needs.setdefault(link.source, []).append(link)
        elif link.kind == "selects":
            behind.setdefault(link.source, []).append(link.target)
    able = _able(known, needs, behind, open_services)
    graph: Graph = nx.DiGraph()
    for source, edges in needs.items():
        graph.add_edges_from((source, link.target) for link in edges)
    for service, workloads in behind.items():
        graph.add_edges_from((service, workload) for workload in workloads)
    return [_why(place, needs, known, behind, able, graph) for place in known.values() if place.is_work and place.key not in able]


def _able(known: dict[Key, Place], needs: dict[Key, list[Link]], behind: dict[Key, list[Key]], open_services: frozenset[Key]) -> set[Key]:
    able: set[Key] = set(open_services)
    while True:
        more = {
            key
            for key, place in known.items()
            if key not in able and (_can_work(key, needs, able) if place.is_work else any(one in able for one in behind.get(key, ())))
        }
        if not more:
            return able
        able |= more


def _can_work(key: Key, needs: dict[Key, list[Link]], able: set[Key]) -> bool:
    return all(link.target in able for link in needs.get(key, ()))


def _why(
    place: Place, needs: dict[Key, list[Link]], known: dict[Key, Place], behind: dict[Key, list[Key]], able: set[Key], graph: Graph
) -> Stuck:
    """The reason: the cycle it is part of, else the first dependency that cannot get ready."""
    cycle = _cycle(place.key, graph)
    if cycle:
        names = " → ".join(name_of(key) for key in (*cycle, cycle[0]))
        return Stuck(place.key, f"they wait for each other: {names}", cycle)
    link = next(link for link in needs.get(place.key, []) if link.target not in able)
    target = known.get(link.target)
    name = name_of(link.target)
    if target is None or not target.exists:
        reason = f"there is no {name}"
    elif not target.is_work and not behind.get(link.target):
        reason = f"{name} selects no pods"
    else:
        reason = f"{name} never becomes ready"
    who = link.who if link.init or not link.container else f"container {link.container}"
    return Stuck(place.key, f"{who} waits for {name}, and {reason}")


def _cycle(key: Key, graph: Graph) -> tuple[Key, ...]:
    """The shortest cycle of waits through `key`; empty when there is none."""
    if key not in graph:
        return ()
    ways: list[tuple[Key, ...]] = []
    for first in sorted(graph.successors(key)):
        if first == key:
            return (key,)
        if nx.has_path(graph, first, key):
            ways.append((key, *nx.shortest_path(graph, first, key)[:-1]))
    return min(ways, key=len) if ways else ()
