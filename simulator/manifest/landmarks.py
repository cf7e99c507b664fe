"""The lines of a manifest that explanations point at: its fields, those of its pod spec, and those of each container."""

from __future__ import annotations

import yaml

from simulator.manifest.places import Places

OPENED = frozenset(("spec", "template", "jobTemplate", "containers", "initContainers", "volumes", "volumeClaimTemplates"))
"""Fields that are looked into; of all others only the line is kept."""


def landmarks(places: Places) -> dict[str, int]:
    """Path -> line, from 1: `spec.template.spec.containers[web].readinessProbe`. Items of lists are named by their name, else counted."""
    found: dict[str, int] = {}
    _fields(places.node, "", places.offset, found)
    return found


def _fields(node: yaml.Node | None, path: str, offset: int, found: dict[str, int]) -> None:
    if not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode) or (not path and key.value not in OPENED):
            continue
        inner = f"{path}.{key.value}" if path else str(key.value)
        found[inner] = offset + key.start_mark.line + 1
        if key.value not in OPENED:
            continue
        if isinstance(value, yaml.SequenceNode):
            for index, item in enumerate(value.value):
                place = f"{inner}[{_name(item) or index}]"
                found[place] = offset + item.start_mark.line + 1
                _fields(item, place, offset, found)
        else:
            _fields(value, inner, offset, found)


def _name(item: yaml.Node) -> str:
    if not isinstance(item, yaml.MappingNode):
        return ""
    return next((str(value.value) for key, value in item.value if key.value == "name" and isinstance(value, yaml.ScalarNode)), "")
