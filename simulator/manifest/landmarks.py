"""The lines of a manifest that explanations point at: its fields, those of its pod spec, and those of each container."""

from __future__ import annotations

from simulator.manifest.nodes import MappingNode, Node, ScalarNode, SequenceNode
from simulator.manifest.places import Places

OPENED = frozenset(("spec", "template", "jobTemplate", "containers", "initContainers", "volumes", "volumeClaimTemplates"))
"""Fields that are looked into; of all others only the line is kept."""


def landmarks(places: Places) -> dict[str, int]:
    """Path -> line, from 1: `spec.template.spec.containers[web].readinessProbe`. Items of lists are named by their name, else counted."""
    found: dict[str, int] = {}
    _fields(places.node, "", places.offset, found)
    return found


def _fields(node: Node | None, path: str, offset: int, found: dict[str, int]) -> None:
    if not isinstance(node, MappingNode):
        return
    for key, value in node.pairs:
        if not isinstance(key, ScalarNode) or (not path and key.text not in OPENED):
            continue
        inner = f"{path}.{key.text}" if path else key.text
        found[inner] = offset + key.line + 1
        if key.text not in OPENED:
            continue
        if isinstance(value, SequenceNode):
            for index, item in enumerate(value.items):
                place = f"{inner}[{_name(item) or index}]"
                found[place] = offset + item.line + 1
                _fields(item, place, offset, found)
        else:
            _fields(value, inner, offset, found)


def _name(item: Node) -> str:
    pairs = item.pairs if isinstance(item, MappingNode) else []
    names = [value.text for key, value in pairs if isinstance(key, ScalarNode) and isinstance(value, ScalarNode) and key.text == "name"]
    return names[0] if names else ""
