"""`helm install` and `helm upgrade`: hooks by event and weight, objects by kind, then the wait; and what helm prints (pkg/action)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from simulator.delivery.hands import FAILED as LOST
from simulator.delivery.hands import SUCCEEDED as WON
from simulator.delivery.hands import Hands
from simulator.delivery.helm3_ready import JobFailed, can_proceed
from simulator.delivery.helm_status import CURRENT, FAILED, Status, hook_status, status_of
from simulator.delivery.kinds import HELM, HELM_REMOVES, helm_rank
from simulator.delivery.marks import BEFORE, SUCCEEDED, Hook, helm_hook
from simulator.delivery.marks import FAILED as HOOK_FAILED
from simulator.engine import Process
from simulator.golang.ages import ansic
from simulator.manifest.load import Manifest
from simulator.objects.base import JSON
from simulator.objects.kinds import Key, key_of
from simulator.objects.labels import HELM_RESOURCE_POLICY, REVISION
from simulator.scenario.read_apply import HELM3, Apply
from simulator.units import SECOND, parse_time, short_duration

POLL = 2 * SECOND
"""How often helm 3 looks at what it waits for."""
MOST_RETRIES = 30
"""How often helm 3 looks again at an object that is in error."""
DEADLINE = "context deadline exceeded"
HOOK_DEADLINE = "timed out waiting for the condition"
Release = list[Manifest]
_Judge = Callable[[Key], Status]


class Helm:
    """One release. `namespace`: that of the release."""

    def __init__(self, hands: Hands, spec: Apply, release: str, namespace: str) -> None:
        self._hands = hands
        self._spec = spec
        self._is_old = spec.tool == HELM3
        self._name = release
        self._namespace = namespace
        self._revision = 0
        self._busy = False

    def deliver(self, manifests: Sequence[Manifest], before: Sequence[Manifest] | None) -> Process[None]:
        """Install a release, or upgrade the one of `before`."""
        event, title = ("install", "INSTALLATION") if before is None else ("upgrade", "UPGRADE")
        if self._busy:
            self._hands.say(f"Error: {title} FAILED: another operation (install/upgrade/rollback) is in progress", LOST)
            return
        self._busy = True
        self._revision += 1
        begin = self._hands.engine.wall
        self._hands.say(self._command(event), plan=_plan(manifests, event))
        error = yield from self._perform(event, manifests, before or [])
        if error and self._spec.atomic:
            error = yield from (self._uninstall(manifests, error) if before is None else self._roll_back(manifests, before, error))
        self._busy = False
        if error:
            self._hands.say(f"Error: {title} FAILED: {error}", LOST)
        else:
            self._hands.say(self._success(event, begin), WON)

    def _command(self, event: str) -> str:
        """The command line that this is."""
        spec = self._spec
        flags = (("--wait", spec.wait), ("--wait-for-jobs", spec.wait_for_jobs), ("--atomic", spec.atomic))
        chosen = "".join(f" {flag}" for flag, on in flags if on)
        return f"$ helm {event} {self._name}{chosen} --timeout {short_duration(spec.timeout)}"

    def _success(self, event: str, begin: int) -> str:
        head = [f'Release "{self._name}" has been upgraded. Happy Helming!'] if event == "upgrade" else []
        lines = [
            *head,
            f"NAME: {self._name}",
            f"LAST DEPLOYED: {ansic(begin)}",
            f"NAMESPACE: {self._namespace}",
            "STATUS: deployed",
            f"REVISION: {self._revision}",
            *([] if self._is_old else [f"DESCRIPTION: {event.capitalize()} complete"]),
            "TEST SUITE: None",
        ]
        return "\n".join(lines)

    # ---- the steps

    def _perform(self, event: str, manifests: Sequence[Manifest], before: Sequence[Manifest]) -> Process[str]:
        """All steps; the error, or empty."""
        failed = "failed {}: {}" if event == "install" else "{} hooks failed: {}"
        error = yield from self._run_hooks(manifests, f"pre-{event}")
        if error:
            return failed.format(f"pre-{event}", error)
        resources = _resources(manifests)
        if error := self._send(resources, before):
            return error
        if self._spec.wait or self._spec.atomic:
            error = yield from self._wait(resources)
            if error:
                return error
        error = yield from self._run_hooks(manifests, f"post-{event}")
        return failed.format(f"post-{event}", error) if error else ""

    def _send(self, resources: Release, before: Sequence[Manifest]) -> str:
        """Create or update all objects, and delete those of the release before that are left out."""
        errors = [error.message for error in self._hands.apply(resources)]
        names = {key_of(one.object) for one in resources}
        left = [one for one in _resources(before) if key_of(one.object) not in names and not _is_kept(one)]
        if resources:
            self._hands.say(f"{len(resources)} object{'s' if len(resources) != 1 else ''} sent")
        if left and not errors:
            self._hands.delete(left)
        return self._several(errors)

    def _several(self, errors: Sequence[str]) -> str:
        """Errors of several objects as one: helm 3 counts them."""
        if not errors or not self._is_old:
            return "\n".join(errors)
        count = f"{len(errors)} error{'s' if len(errors) != 1 else ''} occurred:"
        return f"{count}\n" + "".join(f"\t* {error}\n" for error in errors) + "\n"

    def _run_hooks(self, manifests: Sequence[Manifest], event: str) -> Process[str]:
        """The hooks of an event, one after the other by weight and name; the error of the first that fails, or empty."""
        hooks = _hooks(manifests, event)
        for index, (manifest, hook) in enumerate(hooks):
            key = key_of(manifest.object)
            if BEFORE in hook.policies:
                yield from self._remove(manifest)
            if errors := self._hands.apply([manifest]):
                return f"warning: Hook {event} {manifest.file} failed: {self._several([errors[0].message])}"
            self._hands.say(f"hook {event}: {key}", about=key)
            error = yield from self._watch_hook(key)
            if error:
                self._hands.say(f"hook {event}: {key} failed", about=key)
                if HOOK_FAILED in hook.policies:
                    yield from self._remove(manifest)
                if not self._is_old:
                    yield from self._clear(hooks[:index])
                return error
        yield from self._clear(list(reversed(hooks)))
        return ""

    def _clear(self, hooks: Sequence[tuple[Manifest, Hook]]) -> Process[None]:
        """Delete hooks that are not kept after success."""
        for manifest, hook in hooks:
            if SUCCEEDED in hook.policies:
                yield from self._remove(manifest)

    def _remove(self, manifest: Manifest) -> Process[None]:
        """Delete a hook's object, and wait until it is gone. Definitions of resources stay: their objects would go with them."""
        if manifest.object.kind != "CustomResourceDefinition":
            yield from self._hands.gone(self._hands.delete([manifest]), self._spec.timeout)

    # ---- waiting

    def _watch_hook(self, key: Key) -> Process[str]:
        """Wait until a Job or Pod is done; the error, or empty."""
        state = yield from self._settle([key], lambda key: hook_status(self._hands.get(key)))
        if not state:
            return ""
        if not self._is_old:
            return state
        item, what = self._hands.get(key), key.kind.lower()
        if item is not None and hook_status(item).state == FAILED:
            reason = next((one["reason"] for one in item["status"].get("conditions", []) if one["type"] == "Failed"), "")
            return self._several([f"{what} {key.name} failed{f': {reason}' if what == 'job' else ''}"])
        return self._several([HOOK_DEADLINE])

    def _wait(self, resources: Release) -> Process[str]:
        """Wait until all objects are ready; the error, or empty."""
        keys = [key_of(one.object) for one in resources]
        self._hands.say(f"--wait: until {len(keys)} objects are ready")
        if self._is_old:
            return (yield from self._poll(keys))
        paused = {key_of(one.object) for one in resources if (one.raw.get("spec") or {}).get("paused")}
        return (yield from self._settle([key for key in keys if key not in paused], self._status))

    def _status(self, key: Key) -> Status:
        item, wall = self._hands.get(key), self._hands.engine.wall
        age = 0 if item is None else wall - parse_time(item["metadata"]["creationTimestamp"])
        return status_of(item, age, jobs=self._spec.wait_for_jobs)

    def _settle(self, keys: Sequence[Key], status: _Judge) -> Process[str]:
        """helm 4: wait until all objects are current or failed; a line for each that is not current."""

        def is_settled() -> bool:
            return all(status(key).state in (CURRENT, FAILED) for key in keys)

        met = yield from self._hands.until(is_settled, keys, self._spec.timeout)
        lines = [
            f"resource {key.kind.partition('.')[0]}/{key.namespace}/{key.name} not ready. status: {now.state}, message: {now.message}"
            for key in keys
            if (now := status(key)).state != CURRENT
        ]
        return "\n".join([*lines, *([] if met else [DEADLINE])])

    def _poll(self, keys: Sequence[Key]) -> Process[str]:
        """helm 3: look every two seconds at the objects, in their order, up to the first that is not ready."""
        errors: dict[Key, int] = {}
        fatal: list[str] = []

        def is_over() -> bool:
            for key in keys:
                try:
                    if not can_proceed(self._hands.get(key), self._replica_set(key), jobs=self._spec.wait_for_jobs):
                        errors[key] = 0
                        return False
                except JobFailed as error:
                    errors[key] = errors.get(key, 0) + 1
                    if errors[key] > MOST_RETRIES:
                        fatal.append(str(error))
                    return bool(fatal)
            return True

        met = yield from self._hands.polled(is_over, POLL, self._spec.timeout)
        return fatal[0] if fatal else "" if met else DEADLINE

    def _replica_set(self, key: Key) -> JSON | None:
        """The ReplicaSet of a Deployment's present revision."""
        if key.kind != "Deployment" or (item := self._hands.get(key)) is None:
            return None
        uid, revision = item["metadata"]["uid"], (item["metadata"].get("annotations") or {}).get(REVISION)
        keys = (key_of(one) for one in self._hands.api.store.objects("ReplicaSet", key.namespace))
        sets = [one for one in map(self._hands.get, keys) if one is not None]
        owned = (one for one in sets if any(owner["uid"] == uid for owner in one["metadata"].get("ownerReferences") or []))
        return next((one for one in owned if (one["metadata"].get("annotations") or {}).get(REVISION) == revision), None)

    # ---- --atomic

    def _uninstall(self, manifests: Sequence[Manifest], error: str) -> Process[str]:
        """Remove what was installed. Objects of hooks stay."""
        self._hands.say("install failed: uninstalling")
        yield from self._run_hooks(manifests, "pre-delete")
        resources = sorted(_resources(manifests), key=lambda one: helm_rank(one.object.kind, HELM_REMOVES))
        deleted = self._hands.delete([one for one in resources if not _is_kept(one)])
        if not self._is_old:
            yield from self._hands.gone(deleted, self._spec.timeout)
        yield from self._run_hooks(manifests, "post-delete")
        return f"release {self._name} failed, and has been uninstalled due to {self._reason} being set: {error}"

    def _roll_back(self, manifests: Sequence[Manifest], before: Sequence[Manifest], error: str) -> Process[str]:
        """Apply the release before again, and wait for it."""
        self._hands.say("upgrade failed: rolling back")
        again = yield from self._run_hooks(before, "pre-rollback")
        resources = _resources(before)
        again = again or self._send(resources, manifests)
        if not again:
            again = yield from self._wait(resources)
        if not again:
            again = yield from self._run_hooks(before, "post-rollback")
        if again:
            return f"an error occurred while rolling back the release. original upgrade error: {error}: {again}"
        return f"release {self._name} failed, and has been rolled back due to {self._reason} being set: {error}"

    @property
    def _reason(self) -> str:
        return "atomic" if self._is_old else "rollback-on-failure"


def _resources(manifests: Iterable[Manifest]) -> Release:
    """What is no hook, in helm's order; a kind's objects stay in theirs."""
    return sorted((one for one in manifests if helm_hook(one.object) is None), key=lambda one: helm_rank(one.object.kind, HELM))


def _hooks(manifests: Iterable[Manifest], event: str) -> list[tuple[Manifest, Hook]]:
    """The hooks of an event in their order."""
    ordered = sorted(manifests, key=lambda one: helm_rank(one.object.kind, HELM))
    hooks = [(one, hook) for one in ordered if (hook := helm_hook(one.object)) is not None and event in hook.events]
    return sorted(hooks, key=lambda pair: (pair[1].weight, pair[0].object.metadata.name))


def _is_kept(manifest: Manifest) -> bool:
    return manifest.object.metadata.annotations.get(HELM_RESOURCE_POLICY) == "keep"


def _plan(manifests: Sequence[Manifest], event: str) -> list[list[str]]:
    """The objects in the order in which helm creates them, each with its event (empty: no hook)."""
    pre, post = (_hooks(manifests, f"{when}-{event}") for when in ("pre", "post"))
    steps = chain(
        ((one, f"pre-{event}") for one, _ in pre), ((one, "") for one in _resources(manifests)), ((one, f"post-{event}") for one, _ in post)
    )
    return [[*key_of(one.object), when] for one, when in steps]
