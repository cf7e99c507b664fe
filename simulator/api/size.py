"""The bound on the pods of a run: beyond it podsim would take hours and gigabytes."""

from __future__ import annotations

from simulator.journal.store import Store
from simulator.limits import beyond, limit
from simulator.objects.kinds import Object, key_of
from simulator.objects.pod import Pod

MOST_PODS = limit("pods")


def check_size(item: Object, store: Store) -> None:
    """Before an object is stored: does the run take it, and the pods that it asks for? Raises UsageError."""
    if isinstance(item, Pod):
        if store.count("Pod") >= MOST_PODS:
            raise beyond("pods", f"the run has {MOST_PODS} pods and would get more")
        return
    spec = getattr(item, "spec", None)
    demand = max(getattr(spec, "replicas", None) or 0, getattr(spec, "parallelism", None) or 0)
    if demand > MOST_PODS:
        key = key_of(item)
        raise beyond("pods", f"{key.kind.lower()}/{key.name} asks for {demand} pods")
