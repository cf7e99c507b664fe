"""The lines of a manifest that explanations refer to: its fields, those of its pod spec, and those of each container."""

from __future__ import annotations

from simulator.manifest.nodes import MappingNode, Node, ScalarNode, SequenceNode
from simulator.manifest.places import Places

OPENED = frozenset(("spec", "template", "jobTemplate", "containers", "initContainers", "volumes", "volumeClaimTemplates"))
"""Fields whose inner fields are recorded, too; for all others only their own line."""


def landmarks(places: Places) -> dict[str, int]:
    """Path -> line, from 1: `spec.template.spec.containers[web].readinessProbe`. List items are keyed by their name, or else by index."""
    lines: dict[str, int] = {}
    _fields(places.node, "", places.offset, lines)
    return lines


def _fields(node: Node | None, path: str, offset: int, lines: dict[str, int]) -> None:
    if not isinstance(node, MappingNode):
        return
    for key, value in node.pairs:
        if not isinstance(key, ScalarNode) or (not path and key.text not in OPENED):
            continue
        inner = f"{path}.{key.text}" if path else key.text
        lines[inner] = offset + key.line + 1
        if key.text not in OPENED:
            continue
        if isinstance(value, SequenceNode):
            for index, item in enumerate(value.items):
                place = f"{inner}[{_name(item) or index}]"
                lines[place] = offset + item.line + 1
                _fields(item, place, offset, lines)
        else:
            _fields(value, inner, offset, lines)


def _name(item: Node) -> str:
    pairs = item.pairs if isinstance(item, MappingNode) else []
    names = [value.text for key, value in pairs if isinstance(key, ScalarNode) and isinstance(value, ScalarNode) and key.text == "name"]
    return names[0] if names else ""
