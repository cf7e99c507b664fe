"""CustomResourceDefinitions: their names are accepted, and resources served (apiextensions-apiserver: naming, establishing)."""

from __future__ import annotations

from simulator.controllers.base import Controller, because
from simulator.objects.base import JSON, evolve
from simulator.objects.kinds import Key, Unstructured

KIND = "CustomResourceDefinition"


class DefinitionController(Controller):
    """Writes the status of definitions. Two definitions with the same names are not simulated: each has its own."""

    name = "establishing-controller"

    def start(self) -> None:
        """Watch definitions."""
        self._store.watch(KIND, lambda write, _before: None if write.type == "DELETED" else self._queue.add(write.key))
        self._enqueue_all(KIND)

    def sync(self, key: Key) -> None:
        """Write what is new."""
        item = self._store.get(key)
        if isinstance(item, Unstructured) and "status" not in item.content:
            status = _status(item.content.get("spec") or {}, self._engine.timestamp())
            self._api.update(evolve(item, content={**item.content, "status": status}), because(item, "definition is established"))


def _status(spec: JSON, now: str) -> JSON:
    """The status of a definition whose names are free."""
    accepted = ("NamesAccepted", "NoConflicts", "no conflicts found")
    established = ("Established", "InitialNamesAccepted", "the initial names have been accepted")
    return {
        "acceptedNames": spec.get("names") or {},
        "conditions": [
            {"lastTransitionTime": now, "message": message, "reason": reason, "status": "True", "type": kind}
            for kind, reason, message in (accepted, established)
        ],
        "storedVersions": [version.get("name", "") for version in spec.get("versions") or [] if version.get("storage")],
    }
