"""Paths of unknown content: what the Scenario says about them, and what is assumed about the others, one assumption for each container."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from simulator.container.birth import Who
from simulator.journal.store import Store
from simulator.objects.base import JSON
from simulator.objects.globs import glob_matches
from simulator.objects.kinds import Key
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import container_named
from simulator.scenario import write
from simulator.scenario.inference import Assumption
from simulator.scenario.programs import ProgramTable
from simulator.scenario.spec import PathRule

if TYPE_CHECKING:
    from simulator.scenario.created_paths import Created


class AssumedPath(NamedTuple):
    """A path that is assumed to exist or to be missing, and why."""

    path: str
    exists: bool
    reason: str


class PathTable:
    """The `ContentRules` of a run. `applied` are the manifests, by the objects that were made of them.

    `assumptions` gets one entry for each container, which grows with its paths.
    """

    def __init__(
        self,
        rules: Sequence[PathRule],
        table: ProgramTable,
        store: Store,
        assumptions: list[Assumption],
        applied: Mapping[Key, JSON],
    ) -> None:
        self._rules = rules
        self._table = table
        self._store = store
        self._assumptions = assumptions
        self._applied = applied
        self._created: Created | None = None
        self._looked_at = 0
        self._assumed: dict[tuple[str, str, str], dict[str, AssumedPath]] = {}
        self._indexes: dict[tuple[str, str, str], int] = {}

    def stated(self, who: Who, path: str) -> bool | None:
        """See `ContentRules`. The first rule that names the path wins; then what was assumed for another pod of the workload."""
        pod = self._pod(who) if self._rules or self._assumed else None
        container = None if pod is None else container_named(pod, who.container)
        if pod is None or container is None:
            return None
        for rule in self._rules:
            for exists, globs in ((True, rule.exist), (False, rule.missing)):
                if any(_fits(path, glob) for glob in globs) and self._table.matches(rule.match, pod, container):
                    return exists
            # What exists has directories above it.
            if path.endswith("/") and any(glob.startswith(path) for glob in rule.exist) and self._table.matches(rule.match, pod, container):
                return True
        before = self._assumed.get(self._key(who, pod), {}).get(path.rstrip("/"))
        return None if before is None else before.exists

    def is_made(self, path: str) -> bool:
        """See `ContentRules`."""
        if self._created is None or len(self._applied) != self._looked_at:
            from simulator.scenario.created_paths import created_paths

            self._looked_at = len(self._applied)
            self._created = created_paths(self._applied.values())
        return self._created.has(path)

    def record(self, who: Who, path: str, reason: str, *, exists: bool) -> None:
        """See `ContentRules`. Pods of a workload share their assumptions."""
        pod = self._pod(who)
        if pod is None:
            return
        key = self._key(who, pod)
        paths = self._assumed.setdefault(key, {})
        paths[path.rstrip("/")] = AssumedPath(path, exists, reason)
        assumption = _assumption(key, list(paths.values()))
        if key in self._indexes:
            self._assumptions[self._indexes[key]] = assumption
        else:
            self._indexes[key] = len(self._assumptions)
            self._assumptions.append(assumption)

    def assumed(self) -> list[tuple[JSON, str]]:
        """The items of `spec.paths` that state what was assumed, each with its reason."""
        everywhere = len({namespace for namespace, _, _ in self._assumed}) > 1
        return [
            (_rule(key, list(paths.values()), with_namespace=everywhere), _reason(list(paths.values())))
            for key, paths in self._assumed.items()
        ]

    def _key(self, who: Who, pod: Pod) -> tuple[str, str, str]:
        return who.namespace, self._table.workload_of(pod), who.container

    def _pod(self, who: Who) -> Pod | None:
        pod = self._store.get(Key("Pod", who.namespace, who.pod))
        return pod if isinstance(pod, Pod) else None


def _fits(path: str, glob: str) -> bool:
    return glob_matches(path.rstrip("/"), glob.rstrip("/"))


def _assumption(key: tuple[str, str, str], paths: list[AssumedPath]) -> Assumption:
    """The assumption about all paths of a container."""
    parts = []
    for exists, one, several in ((True, "exists", "exist"), (False, "is missing", "are missing")):
        names = [item.path for item in paths if item.exists == exists]
        if names:
            parts.append(f"{', '.join(names)} {one if len(names) == 1 else several}")
    override = f"paths: {write.flow([_rule(key, paths, with_namespace=False)])}"
    return Assumption(f"{key[1]} {key[2]}", "; ".join(parts), _reason(paths), override)


def _reason(paths: list[AssumedPath]) -> str:
    return "; ".join(dict.fromkeys(item.reason for item in paths))


def _rule(key: tuple[str, str, str], paths: list[AssumedPath], *, with_namespace: bool) -> JSON:
    """The item of `spec.paths` for a container."""
    namespace, workload, container = key
    match = {"workload": workload, "container": container, **({"namespace": namespace} if with_namespace else {})}
    lists = {name: [item.path for item in paths if item.exists == exists] for name, exists in (("exist", True), ("missing", False))}
    return {"match": match, **{name: items for name, items in lists.items() if items}}
