"""Objects that programs of containers create, as a Scenario says."""

from __future__ import annotations

from simulator.api import ApiError, ApiServer
from simulator.api.admission_refusal import as_kubectl
from simulator.api.apply import applied
from simulator.container.program import Creation
from simulator.dialect import Dialect
from simulator.engine import Engine
from simulator.journal.records import Cause, LogLine
from simulator.manifest.load import RawObject, load_objects
from simulator.manifest.places import Places
from simulator.objects.base import JSON
from simulator.objects.kinds import Key, from_builtins, key_of, to_builtins
from simulator.objects.pod import Pod

RULE = "USR-04"


class Creations:
    """Sends the objects of programs to the API server. `last`: what was applied last, by object."""

    def __init__(self, engine: Engine, api: ApiServer, dialect: Dialect, last: dict[Key, JSON]) -> None:
        self._engine = engine
        self._api = api
        self._dialect = dialect
        self._last = last

    def create(self, pod: Pod, creation: Creation) -> None:
        """Create an object, or apply it when it exists. It belongs to the pod's namespace unless it names one; a refusal is printed."""
        namespace = pod.metadata.namespace
        raw = RawObject(creation.manifest, "", Places(None, creation.line))
        manifest = load_objects([raw], namespace=namespace, dialect=self._dialect).manifests[0]
        key = key_of(manifest.object)
        cause = Cause(int(pod.metadata.resource_version or 0), RULE)
        try:
            present = self._api.store.get(key)
            if present is None:
                self._api.create(manifest.object, cause)
            else:
                self._api.edit(from_builtins(applied(to_builtins(present), self._last.get(key), manifest.raw)), cause)
            self._last[key] = manifest.raw
        except ApiError as error:
            account = pod.spec.service_account_name or "default"
            for line in as_kubectl(error, "creating", f"system:serviceaccount:{namespace}:{account}").splitlines():
                self._api.store.journal.append(LogLine(self._engine.now, line, "kubectl", namespace=namespace))
