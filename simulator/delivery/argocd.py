"""A sync of Argo CD: phases and waves, each after the one before is healthy; hooks and their deletion (gitops-engine pkg/sync)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from simulator.delivery.argo_health import DEGRADED, HEALTHY, UNKNOWN, health
from simulator.delivery.hands import FAILED as LOST
from simulator.delivery.hands import SUCCEEDED as WON
from simulator.delivery.hands import Hands
from simulator.delivery.kinds import argo_rank
from simulator.delivery.marks import ARGO_PHASES, BEFORE, FAILED, SUCCEEDED, Hook, argo_hook, wave
from simulator.engine import Process
from simulator.manifest.load import Manifest
from simulator.objects.kinds import Key, key_of
from simulator.units import SECOND

WAVE_DELAY = 2 * SECOND
"""ARGOCD_SYNC_WAVE_DELAY: how long Argo CD rests after a wave, before it looks at what became of it."""
PENDING, RUNS, DONE, BROKEN = "pending", "running", "succeeded", "failed"
SYNC, SYNC_FAIL = "Sync", "SyncFail"


class Task:
    """An object in a phase, and how far it has come."""

    def __init__(self, manifest: Manifest, phase: str, hook: Hook | None) -> None:
        self.manifest = manifest
        self.phase = phase
        self.hook = hook
        self.wave = wave(manifest.object)
        self.state = PENDING
        self.message = ""

    @property
    def key(self) -> Key:
        """Its object."""
        return key_of(self.manifest.object)

    @property
    def place(self) -> tuple[int, int, int, str]:
        """Its place in the sync."""
        return ARGO_PHASES.index(self.phase), self.wave, argo_rank(self.manifest.object.kind), self.key.name

    def has_policy(self, policy: str) -> bool:
        """Whether it is a hook that is deleted then."""
        return self.hook is not None and policy in self.hook.policies

    def __str__(self) -> str:
        return f"{self.manifest.object.api_version.rpartition('/')[0]}/{self.manifest.object.kind}/{self.key.name}"


class ArgoCD:
    """One application that is synced."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._message = ""

    def deliver(self, manifests: Sequence[Manifest]) -> Process[None]:
        """One operation of sync, to its end; it waits forever for what never gets healthy."""
        tasks = tasks_of(manifests)
        rescue = [task for task in tasks if task.phase == SYNC_FAIL]
        tasks = [task for task in tasks if task.phase != SYNC_FAIL]
        plan = [[*task.key, _when(task)] for task in tasks]
        self._hands.say("sync started", plan=plan)
        waves = [list(group) for _, group in groupby(tasks, key=lambda task: (task.phase, task.wave))]
        for step in waves:
            is_last = step is waves[-1]
            yield from self._apply(step)
            if any(task.state == BROKEN for task in step):
                messages = ",".join(task.message for task in step if task.state == BROKEN)
                yield from self._fail(tasks, rescue, f"one or more objects failed to apply, reason: {messages}")
                return
            if is_last and not any(task.hook for task in step):
                # What is applied last is not waited for.
                self._delete(tasks, SUCCEEDED)
                self._hands.say("Phase: Succeeded, Message: successfully synced (all tasks run)", WON)
                return
            if not is_last:
                yield self._hands.engine.sleep(WAVE_DELAY)
            yield from self._await([task for task in tasks if task.state == RUNS and (task.hook or len(waves) > 1)])
            if any(task.state == BROKEN for task in tasks):
                yield from self._fail(tasks, rescue, "one or more synchronization tasks completed unsuccessfully")
                return
        self._delete(tasks, SUCCEEDED)
        self._hands.say("Phase: Succeeded, Message: successfully synced (no more tasks)", WON)

    def _apply(self, step: Sequence[Task]) -> Process[None]:
        """Send the objects of a wave; hooks that are there from an earlier sync are deleted first."""
        old = [task.manifest for task in step if task.has_policy(BEFORE)]
        yield from self._hands.gone(self._hands.delete(old), None)
        for task in step:
            errors = self._hands.apply([task.manifest])
            task.state, task.message = (BROKEN, errors[0].message) if errors else (RUNS, "")
        self._hands.say(f"{_when(step[0])}: {', '.join(str(task.key) for task in step)}")

    def _await(self, running: Sequence[Task]) -> Process[None]:
        """Wait until all tasks are healthy or degraded: what has failed is noticed when nothing else runs any more."""

        def look() -> bool:
            for task in running:
                self._look(task)
            left = [task for task in running if task.state == RUNS]
            if left:
                self._say_waiting(left)
            return not left

        yield from self._hands.until(look, [task.key for task in running], None)

    def _look(self, task: Task) -> None:
        item = self._hands.get(task.key)
        if task.state != RUNS or item is None:
            return
        now = health(item)
        if now is None or now.state == HEALTHY:
            task.state = DONE
        elif now.state == DEGRADED or (task.hook and now.state == UNKNOWN):
            task.state, task.message = BROKEN, now.message
            self._hands.say(f"{task.key} is degraded{f': {now.message}' if now.message else ''}", about=task.key)

    def _say_waiting(self, left: Sequence[Task]) -> None:
        """Argo CD's message about what it waits for, when it changes."""
        what, more = ("completion of hook", "hooks") if left[0].hook else ("healthy state of", "resources")
        others = f" and {len(left) - 1} more {more}" if len(left) > 1 else ""
        text = f"waiting for {what} {left[0]}{others}"
        if text != self._message:
            self._message = text
            self._hands.say(f"Phase: Running, Message: {text}", about=left[0].key)

    def _fail(self, tasks: Sequence[Task], rescue: Sequence[Task], message: str) -> Process[None]:
        """The sync has failed: hooks are deleted, those of SyncFail run."""
        self._delete(tasks, FAILED)
        if rescue:
            yield from self._apply(rescue)
            yield from self._await([task for task in rescue if task.state == RUNS])
        self._hands.say(f"Phase: Failed, Message: {message}", LOST)

    def _delete(self, tasks: Iterable[Task], policy: str) -> None:
        """Delete the hooks that are not kept after that."""
        self._hands.delete([task.manifest for task in tasks if task.has_policy(policy) and task.state in (DONE, BROKEN)])


def tasks_of(manifests: Sequence[Manifest]) -> list[Task]:
    """The tasks of a sync in their order; a hook of several phases is one in each. Hooks that are skipped have none."""
    tasks = []
    for manifest in manifests:
        hook = argo_hook(manifest.object)
        tasks += [Task(manifest, phase, hook) for phase in (hook.events if hook else (SYNC,))]
    tasks.sort(key=lambda task: task.place)
    return tasks


def _when(task: Task) -> str:
    return f"{task.phase}, wave {task.wave}"
