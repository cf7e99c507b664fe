"""Does to the simulated cluster what a Scenario's actions say, as kubectl would: reads an object, changes it, writes it back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Protocol

import msgspec

from simulator.api import ApiError, ApiServer
from simulator.api.admission_refusal import as_kubectl
from simulator.api.apply import applied
from simulator.api.deletion import Deletion
from simulator.api.patch import patched
from simulator.engine import Engine, Order
from simulator.errors import SimulatorError, UsageError
from simulator.journal.records import Cause, LogLine
from simulator.manifest.decode import decode
from simulator.manifest.load import Manifest, load
from simulator.manifest.schema import served
from simulator.objects.base import JSON, evolve
from simulator.objects.kinds import Key, Object, from_builtins, key_of, kind_for_word, to_builtins
from simulator.objects.selector_text import parse_fields, parse_labels
from simulator.scenario.drain import drain
from simulator.scenario.spec import Action, Scenario
from simulator.scenario.told import acted
from simulator.scenario.told import applied as applied_from

RULE = Cause(0, "USR-01")
PROPAGATION = {"background": "Background", "foreground": "Foreground", "orphan": "Orphan"}
TEMPLATED = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "ReplicationController", "Job")


class World(Protocol):
    """What actions can do beside writing to the API: kill containers, stop kubelets, change programs."""

    def kill(self, namespace: str, pod: str, container: str, exit_code: int, reason: str) -> None:
        """End matching containers of matching pods."""

    def node(self, name: str, *, down: bool, unreachable: bool) -> None:
        """Stop or start a node's kubelet; nothing gets through to its pods when it is `unreachable`."""

    def programs(self, rules: Any) -> None:
        """Replace what containers do that start from now on."""


class Actor:
    """Plays the actions of one Scenario. `last` is what was applied last, by object."""

    def __init__(self, engine: Engine, api: ApiServer, scenario: Scenario, world: World, last: dict[Key, JSON]) -> None:
        self._engine = engine
        self._api = api
        self._scenario = scenario
        self._world = world
        self._last = last
        self._namespace = scenario.namespace or "default"
        self._journal = api.store.journal

    def start(self) -> None:
        """Have every action happen at its time, before anything else of that instant."""
        for action in self._scenario.actions:
            self._engine.call_at(action.at, lambda action=action: self.act(action), Order.WORLD)  # type: ignore[misc]

    def act(self, action: Action) -> None:
        """Do it now. What the API server refuses is printed as kubectl prints it."""
        self._journal.append(acted(self._engine.now, action, self._namespace, self._scenario.file, RULE))
        try:
            getattr(self, f"_{_snake(action.verb)}")(action)
        except ApiError as error:
            self.say(as_kubectl(error))
        except SimulatorError as error:
            self.say(f"error: {error}")

    def say(self, text: str) -> None:
        """Print as kubectl."""
        for line in text.splitlines():
            self._journal.append(LogLine(self._engine.now, line, "kubectl", namespace=self._namespace))

    # ---- objects

    def _targets(self, action: Action) -> list[Object]:
        """The objects that an action names: `kind/name` (globs allowed), or a kind with a selector. Raises ApiError, UsageError."""
        word, _, name = action.target.partition("/")
        kind = kind_for_word(word)
        if kind is None:
            raise UsageError(f'the server doesn\'t have a resource type "{word}"')
        namespace = self._namespace if kind.namespaced else ""
        if name and not any(sign in name for sign in "*?["):
            found = self._api.store.get(Key(kind.name, namespace, name))
            if found is None:
                raise ApiError("NotFound", f'{kind.resource} "{name}" not found')
            return [found]
        try:
            labels = parse_labels(action.options.get("selector") or "")
            fields = parse_fields(action.options.get("fieldSelector") or "")
        except ValueError as error:
            raise ApiError("BadRequest", str(error)) from error
        candidates: Iterable[Object] = self._api.store.objects(kind.name, namespace)
        return [
            item
            for item in candidates
            if fnmatchcase(item.metadata.name, name or "*")
            and all(term.matches(item.metadata.labels) for term in labels)
            and _has_fields(item, fields)
        ]

    def _change(self, action: Action, change: Callable[[dict[str, Any]], Any]) -> None:
        for item in self._targets(action):
            self._write(item, change(to_builtins(item)))

    def _write(self, before: Object, data: Any) -> None:
        """Send a changed object: spec and metadata, then its status where that was changed."""
        after: Any = from_builtins(_fitted(data))
        written: Any = self._api.edit(evolve(after, metadata=evolve(after.metadata, resource_version="")), RULE)
        status = getattr(after, "status", None)
        if status is not None and status != getattr(before, "status", None) and self._api.store.get(key_of(before)) is not None:
            self._api.update_status(evolve(written, status=status, metadata=evolve(written.metadata, resource_version="")), RULE)

    # ---- verbs

    def _apply(self, action: Action) -> None:
        path = Path(self._scenario.folder, action.target)
        loaded = load([str(path)], namespace=self._namespace, rules=False)
        for manifest in loaded.manifests:
            self.apply(manifest, action.target)

    def apply(self, manifest: Manifest, file: str) -> None:
        """`kubectl apply` of one object: created, or merged into what is there. A refusal is printed."""
        item, raw = manifest.object, manifest.raw
        key = key_of(item)
        try:
            present = self._api.store.get(key)
            if present is None:
                self._api.create(item, RULE)
            else:
                wanted = {name: value for name, value in raw.items() if name != "status"}
                self._write(present, applied(to_builtins(present), self._last.get(key, {}), wanted))
            self._last[key] = raw
            self._journal.append(applied_from(self._engine.now, key, manifest, self._scenario.folder, RULE))
        except ApiError as error:
            self.refuse(error, file)

    def refuse(self, error: ApiError, file: str) -> None:
        """Print that an object of a file was refused."""
        self.say(as_kubectl(error, "creating", file))

    def _create(self, action: Action) -> None:
        """`kubectl create job NAME --from=cronjob/NAME`."""
        name = action.target.partition("/")[2]
        source: Any = self._targets(action._replace(target=action.options["from"]))[0]
        template = source.spec.job_template
        annotations = {"cronjob.kubernetes.io/instantiate": "manual", **template.metadata.annotations}
        owner = {"apiVersion": source.api_version, "kind": source.kind, "name": source.metadata.name, "uid": source.metadata.uid}
        data = {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {
                "name": name,
                "namespace": self._namespace,
                "labels": template.metadata.labels,
                "annotations": annotations,
                "ownerReferences": [{**owner, "controller": True}],
            },
            "spec": msgspec.to_builtins(template.spec),
        }
        self._api.create(from_builtins(data), RULE)

    def _patch(self, action: Action) -> None:
        kind = action.options.get("type", "strategic")
        self._change(action, lambda data: patched(data, action.options.get("with") or {}, kind))

    def _scale(self, action: Action) -> None:
        self._change(action, lambda data: patched(data, {"spec": {"replicas": action.options.get("replicas", 0)}}))

    def _set_image(self, action: Action) -> None:
        images = [{"name": name, "image": image} for name, image in (action.options.get("with") or {}).items()]
        self._change(action, lambda data: patched(data, _in_template(data, {"containers": images})))

    def _set_resources(self, action: Action) -> None:
        wanted = {key: action.options[key] for key in ("limits", "requests") if key in action.options}

        def change(data: dict[str, Any]) -> Any:
            spec = data["spec"]["template"]["spec"] if data["kind"] in TEMPLATED else data["spec"]
            containers = [{"name": container["name"], "resources": wanted} for container in spec["containers"]]
            return patched(data, _in_template(data, {"containers": containers}))

        self._change(action, change)

    def _rollout_pause(self, action: Action) -> None:
        self._change(action, lambda data: patched(data, {"spec": {"paused": True}}))

    def _rollout_resume(self, action: Action) -> None:
        self._change(action, lambda data: patched(data, {"spec": {"paused": None}}))

    def _rollout_restart(self, action: Action) -> None:
        annotation = {"kubectl.kubernetes.io/restartedAt": self._engine.timestamp()}
        self._change(action, lambda data: patched(data, {"spec": {"template": {"metadata": {"annotations": annotation}}}}))

    def _rollout_undo(self, action: Action) -> None:
        from simulator.scenario.undo import undone

        for item in self._targets(action):
            data = undone(item, int(action.options.get("toRevision") or 0), self._api.store)
            if data is not None:
                self._write(item, data)

    def _delete(self, action: Action) -> None:
        options = action.options
        grace = options.get("gracePeriodSeconds")
        if grace == 0 and not options.get("force"):
            grace = 1  # kubectl's own rule: without --force nothing is deleted at once
        if options.get("force") and grace is None:
            grace = 0
        deletion = Deletion(grace=grace, propagation=PROPAGATION.get(options.get("cascade", "background"), "Background"))
        for item in self._targets(action):
            self._api.delete(key_of(item), deletion, RULE)

    def _label(self, action: Action) -> None:
        self._change(action, lambda data: patched(data, {"metadata": {"labels": action.options.get("with") or {}}}, "merge"))

    def _annotate(self, action: Action) -> None:
        self._change(action, lambda data: patched(data, {"metadata": {"annotations": action.options.get("with") or {}}}, "merge"))

    def _taint(self, action: Action) -> None:
        def change(data: dict[str, Any]) -> Any:
            taints = list(data["spec"].get("taints") or [])
            for word in action.options.get("with") or []:
                key, value, effect, remove = _taint_of(word)
                taints = [t for t in taints if not (t["key"] == key and (not effect or t["effect"] == effect))]
                if not remove:
                    taints.append({"key": key, **({"value": value} if value else {}), "effect": effect})
            return patched(data, {"spec": {"taints": taints or None}}, "merge")

        self._change(action, change)

    def _cordon(self, action: Action) -> None:
        self._change(action, lambda data: patched(data, {"spec": {"unschedulable": True}}))

    def _uncordon(self, action: Action) -> None:
        self._change(action, lambda data: patched(data, {"spec": {"unschedulable": None}}))

    def _drain(self, action: Action) -> None:
        self._cordon(action)
        self._engine.start(drain(self._engine, self._api, action, self.say))

    def _kill(self, action: Action) -> None:
        options = action.options
        name = action.target.partition("/")[2] or action.target
        signal = {"KILL": 137, "TERM": 143, "INT": 130, "HUP": 129, "SEGV": 139, "ABRT": 134}
        reason = options.get("reason") or "Error"
        code = options.get("exitCode")
        exit_code = code if code is not None else 137 if reason == "OOMKilled" else signal.get(str(options.get("signal", "KILL")), 137)
        self._world.kill(self._namespace, name, options.get("container", "*"), exit_code, reason)

    def _node(self, action: Action) -> None:
        self._world.node(action.target, down=bool(action.options.get("down")), unreachable=bool(action.options.get("unreachable")))

    def _programs(self, action: Action) -> None:
        self._world.programs(action.target)


def _fitted(data: JSON) -> JSON:
    """A value as the API server reads it: quantities in their canonical form. Raises ApiError for a value of the wrong type."""
    entry = served(data["apiVersion"], data["kind"])
    if entry is None:
        return data
    decoded = decode(data, entry.type)
    if decoded.refusal:
        version, kind = data["apiVersion"].rpartition("/")[2], data["kind"]
        raise ApiError("BadRequest", f'{kind} in version "{version}" cannot be handled as a {kind}: {decoded.refusal}')
    return decoded.value


def _snake(verb: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in verb)


def _in_template(data: dict[str, Any], spec: dict[str, Any]) -> dict[str, Any]:
    """A patch of a pod spec where the object has it."""
    if data["kind"] == "CronJob":
        return {"spec": {"jobTemplate": {"spec": {"template": {"spec": spec}}}}}
    return {"spec": {"template": {"spec": spec}}} if data["kind"] in TEMPLATED else {"spec": spec}


def _taint_of(word: str) -> tuple[str, str, str, bool]:
    """`key=value:effect` or `key:effect-` -> key, value, effect, whether it is removed."""
    remove = word.endswith("-")
    head, _, effect = word.removesuffix("-").partition(":")
    key, _, value = head.partition("=")
    return key, value, effect, remove


def _has_fields(item: Object, fields: list[tuple[str, bool, str]]) -> bool:
    data = to_builtins(item)
    for path, equal, value in fields:
        found: Any = data
        for step in path.split("."):
            found = found.get(step, "") if isinstance(found, dict) else ""
        if (str(found) == value) != equal:
            return False
    return True
