"""The graph for other programs: Mermaid, DOT, JSON."""

from __future__ import annotations

import json

from simulator.objects.base import JSON
from simulator.objects.kinds import Key
from simulator.units import seconds
from simulator.views.graph.model import Dependencies, Link, name_of
from simulator.views.styled import visible

PLAIN = {"waits": "-->", "calls": "-.->", "selects": "==>"}
STYLES = {"waits": "solid", "calls": "dashed", "selects": "bold"}


def label(link: Link) -> str:
    """The label of an edge: the container that waits, and for how long."""
    if link.kind != "waits":
        return ""
    who = link.container or "webhook"
    if link.begin is None:
        return who
    if link.end is None:
        return f"{who}: timed out"
    return f"{who}: {link.waited}" if link.waited else who


def mermaid(graph: Dependencies) -> str:
    """For Markdown: a flowchart, workloads as boxes, Services rounded, workloads that never get ready in red."""
    number = {place.key: f"n{i}" for i, place in enumerate(graph.places)}
    stuck = {one.key for one in graph.stuck}
    text = ["flowchart LR"]
    for place in graph.places:
        left, right = ('["', '"]') if place.is_work else ('(["', '"])')
        text.append(f"    {number[place.key]}{left}{_mermaid(place.name)}{right}")
    for link in graph.links:
        words = f'|"{_mermaid(label(link))}"|' if label(link) else ""
        text.append(f"    {number[link.source]} {PLAIN[link.kind]}{words} {number[link.target]}")
    if stuck:
        text += ["    classDef never stroke:#d55e00,stroke-width:3px", f"    class {','.join(number[key] for key in sorted(stuck))} never"]
    return "\n".join(text) + "\n"


def _mermaid(text: str) -> str:
    """Text inside quotes: Mermaid has no backslashes, but entities."""
    return visible(text).replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")


def dot(graph: Dependencies) -> str:
    """For Graphviz."""
    stuck = {one.key for one in graph.stuck}
    text = ["digraph dependencies {", "    rankdir=LR;", '    node [fontname="sans-serif"];']
    for place in graph.places:
        shape = "box" if place.is_work else "oval"
        color = ', color="#d55e00", penwidth=3' if place.key in stuck else "" if place.exists else ', style="dashed"'
        text.append(f"    {json.dumps(_id(place.key))} [label={json.dumps(place.name)}, shape={shape}{color}];")
    for link in graph.links:
        words = f", label={json.dumps(label(link))}" if label(link) else ""
        text.append(f"    {json.dumps(_id(link.source))} -> {json.dumps(_id(link.target))} [style={STYLES[link.kind]}{words}];")
    return "\n".join([*text, "}"]) + "\n"


def _id(key: Key) -> str:
    return f"{key.namespace}/{name_of(key)}"


def as_json(graph: Dependencies) -> JSON:
    """Plain data; times in seconds since the start."""
    return {
        "nodes": [
            {"id": _id(one.key), "kind": one.key.kind, "name": one.key.name, "ready": _seconds(one.ready), "exists": one.exists}
            for one in graph.places
        ],
        "links": [
            {
                "from": _id(one.source),
                "to": _id(one.target),
                "kind": one.kind,
                "container": one.container,
                "init": one.init,
                "why": one.why,
                "begin": _seconds(one.begin),
                "end": _seconds(one.end),
            }
            for one in graph.links
        ],
        "criticalPath": [
            {"begin": _seconds(one.begin), "end": _seconds(one.end), "about": _id(one.about), "what": one.what} for one in graph.path
        ],
        "neverReady": [{"id": _id(one.key), "why": one.why, "cycle": [_id(key) for key in one.cycle]} for one in graph.stuck],
    }


def _seconds(t: int | None) -> float | None:
    return None if t is None else round(seconds(t), 6)
