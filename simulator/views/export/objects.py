"""The objects at an instant as files: fixtures for other programs' tests."""

from __future__ import annotations

import msgspec

from simulator.golang.yamltext import dump_yaml
from simulator.journal.snapshot import Snapshot
from simulator.kubectl.print.output import as_json
from simulator.metrics.evidence import as_json as as_json_values
from simulator.metrics.evidence import evidence
from simulator.metrics.story import Story
from simulator.objects.base import JSON
from simulator.objects.kinds import Object, key_of, to_builtins
from simulator.units import seconds

LEFT_OUT = ("Event", "Lease")
"""Kinds that record what happened and are never applied."""
SET_BY_SERVER = ("uid", "resourceVersion", "creationTimestamp", "generation", "selfLink", "managedFields", "deletionTimestamp")
"""Metadata that the API server sets, and refuses or ignores in requests."""


def fixtures(snapshot: Snapshot, namespace: str | None = None, *, status: bool = True) -> dict[str, str]:
    """File name -> YAML of every object but Events and Leases; without `status`, as one would apply it."""
    items = [item for item in snapshot.all() if item.kind not in LEFT_OUT and namespace in (None, item.metadata.namespace)]
    return {_file(item): dump_yaml(_shown(item, status=status)) for item in items}


def document(snapshot: Snapshot) -> str:
    """The header, the instant (seconds), the evidence for each workload and every object at that instant, as one JSON document."""
    objects = [to_builtins(item) for item in snapshot.all()]
    workloads = as_json_values(evidence(Story(snapshot)))
    whole = {"header": msgspec.to_builtins(snapshot.header), "t": seconds(snapshot.t), "workloads": workloads, "objects": objects}
    return msgspec.json.format(msgspec.json.encode(whole), indent=2).decode() + "\n"


def _file(item: Object) -> str:
    key = key_of(item)
    name = f"{key.kind.lower()}-{key.name}.yaml".replace("/", "_").replace(":", "_")
    return f"{key.namespace}/{name}" if key.namespace else name


def _shown(item: Object, *, status: bool) -> JSON:
    data = as_json(item)
    if status:
        return data
    meta = {name: value for name, value in data["metadata"].items() if name not in SET_BY_SERVER}
    return {name: value for name, value in data.items() if name != "status"} | {"metadata": meta}
