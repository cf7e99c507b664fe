"""The graph as text: dependencies, what is never ready, and the critical path."""

from __future__ import annotations

from simulator.objects.kinds import Key
from simulator.units import SECOND, short_duration
from simulator.views.graph.model import Dependencies, Link, Place, name_of
from simulator.views.styled import Line, Part


def lines(graph: Dependencies) -> list[Line]:
    """All sections, with blank lines between them."""
    parts = [_waiting(graph), _stuck(graph), _path(graph)]
    made: list[Line] = []
    for part in parts:
        if part:
            made += [[], *part] if made else part
    return made


def _waiting(graph: Dependencies) -> list[Line]:
    """Each workload with what it waits for and may call; workloads without dependencies share a line."""
    made: list[Line] = [[Part("Dependencies", "bold underline")]]
    alone: list[str] = []
    for place in graph.places:
        if not place.is_work:
            continue
        links = [link for link in graph.links if link.source == place.key]
        if not links:
            alone.append(place.name)
            continue
        made.append([Part(f"  {place.name}", "bold"), Part(f"  {_state(place, graph)}", "dim")])
        for link in sorted(links, key=lambda one: (one.kind != "waits", one.begin or 0, one.target, one.container)):
            made += _link(link, graph)
    if alone:
        made.append([Part(f"  no dependencies: {', '.join(alone)}", "dim")])
    return made


def _state(place: Place, graph: Dependencies) -> str:
    if place.ready is not None:
        return "ready before the start" if place.ready < 0 else f"ready at {_at(place.ready)}"
    return "never ready" if any(one.key == place.key for one in graph.stuck) else "not ready when the run ended"


def _link(link: Link, graph: Dependencies) -> list[Line]:
    behind = [one.target for one in graph.links if one.kind == "selects" and one.source == link.target]
    target = graph.place(link.target)
    chain = f" ({', '.join(name_of(key) for key in behind)})" if behind else "" if target.exists else " (there is none)"
    if link.kind == "calls":
        return [[Part(f"    {link.container} may call {target.name}{chain}", "dim")]]
    return [[Part(f"    {link.who} waits for {target.name}{chain}"), Part(f"  {_wait(link)}", _tone(link))]]


def _wait(link: Link) -> str:
    if link.begin is None:
        return "not reached"
    if link.end is None:
        return f"since {_at(link.begin)}, not answered"
    return f"{link.waited}, until {_at(link.end)}" if link.waited else "no wait"


def _tone(link: Link) -> str:
    return "red" if link.end is None else "green" if not link.waited else "yellow"


def _stuck(graph: Dependencies) -> list[Line]:
    if not graph.stuck:
        return []
    made: list[Line] = [[Part("Never ready", "bold underline")]]
    shown: set[frozenset[Key]] = set()
    for one in graph.stuck:
        cycle = frozenset(one.cycle)
        if cycle and cycle in shown:
            continue
        shown.add(cycle)
        who = ", ".join(name_of(other.key) for other in graph.stuck if cycle and frozenset(other.cycle) == cycle) or name_of(one.key)
        made.append([Part(f"  {who}", "bold red"), Part(f": never ready because {one.why}")])
    return made


def _path(graph: Dependencies) -> list[Line]:
    if not graph.path:
        return []
    total = graph.path[-1].end
    made: list[Line] = [[Part("Critical path", "bold underline"), Part(f"  the last workload became ready at {_at(total)}", "dim")]]
    width = max(len(name_of(step.about)) for step in graph.path)
    for step in graph.path:
        share = step.end - step.begin
        style = "bold" if share * 4 >= total else ""
        what = f"{name_of(step.about):<{width}}  {step.what}"
        made.append([Part(f"  {_at(step.begin):>8}  {share / SECOND:7.2f}s  "), Part(what, style)])
    return made


def _at(t: int) -> str:
    return short_duration(t // (SECOND // 10) * (SECOND // 10))
