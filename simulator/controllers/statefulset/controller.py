"""The process that runs StatefulSets (pkg/controller/statefulset/stateful_set.go, stateful_pod_control.go)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from simulator.api import ApiError, ApiServer
from simulator.api.deletion import Deletion
from simulator.client.ownership import claim, controlled_or_free, controller_key, controller_of
from simulator.client.pods import available_in
from simulator.client.recorder import NORMAL, WARNING
from simulator.controllers.base import Controller, because
from simulator.controllers.history import History, template_of
from simulator.controllers.pod_control import TERMINATING_NAMESPACE
from simulator.controllers.statefulset.identity import claim_name, new_claims, new_pod, ordinal_of, ordinals, revision_of, start_of
from simulator.controllers.statefulset.steps import counted, from_current, next_steps
from simulator.dialect import Dialect
from simulator.engine import Engine
from simulator.journal.records import Write
from simulator.objects.apps import ControllerRevision, StatefulSet
from simulator.objects.base import evolve
from simulator.objects.kinds import Key, Object, key_of
from simulator.objects.labels import CONTROLLER_HASH
from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import has_ended, has_failed
from simulator.objects.selectors import matches
from simulator.objects.storage import PersistentVolumeClaim


class StatefulSetController(Controller):
    """Creates, deletes and replaces the pods of StatefulSets, and their claims."""

    name = "statefulset-controller"

    def __init__(self, engine: Engine, api: ApiServer, dialect: Dialect) -> None:
        super().__init__(engine, api, dialect)
        self._history = History(api, CONTROLLER_HASH)

    def start(self) -> None:
        """Watch sets and pods."""
        self._store.watch("StatefulSet", lambda write, before: self._queue.add(write.key))
        self._store.watch("Pod", self._on_pod)
        self._enqueue_all("StatefulSet")

    def sync(self, key: Key) -> None:
        """One step for one set, then its status."""
        item = self._store.get(key)
        if not isinstance(item, StatefulSet):
            return
        pods = self._pods(item)
        update = self._history.current(item)
        current = next((one for one in self._history.revisions(item) if one.metadata.name == item.status.current_revision), update)
        refused: ApiError | None = None
        if not is_being_deleted(item):
            try:
                self._act(item, pods, current, update)
            except ApiError as error:  # the status is written nevertheless
                refused = error
            pods = self._pods(item)
        status = counted(item, pods, current.metadata.name, update.metadata.name, self._engine.wall)
        self._api.update_status(evolve(item, status=status), because(item, "replicas counted"))
        self._history.truncate(item, {current.metadata.name, update.metadata.name, *(revision_of(pod) for pod in pods)})
        if refused is not None:
            raise refused
        waits = [available_in(pod, item.spec.min_ready_seconds, self._engine.wall) for pod in pods]
        if any(waits):
            self._queue.add_after(key, min(wait for wait in waits if wait))

    def _pods(self, item: StatefulSet) -> list[Pod]:
        return claim(
            self._api,
            item,
            controlled_or_free(self._store, Pod, item),
            lambda pod: matches(item.spec.selector, pod.metadata.labels) and ordinal_of(item, pod) is not None,
        )

    def _act(self, item: StatefulSet, pods: list[Pod], current: ControllerRevision, update: ControllerRevision) -> None:
        """Do the next steps. Raises ApiError."""
        heeds = self._dialect.stateful_updates_heed_min_ready
        steps = next_steps(item, pods, update.metadata.name, self._engine.wall, heeds_min_ready=heeds)
        for number in steps.tidy:
            self._make_claims(item, number)
        for number in steps.create:
            old = from_current(item, number, start_of(item))
            revision = current if old else update
            pod = new_pod(item, template_of(revision), revision.metadata.name, number)
            self._report("create", item, f"Pod {pod.metadata.name}", partial(self._make_pod, item, pod, number))
        for pod in steps.delete:
            if has_ended(pod) and self._dialect.stateful_recreations_are_reported and ordinal_of(item, pod) in ordinals(item):
                self._report_recreation(item, pod)
            self._delete_pod(item, pod)
        self._trim_claims(item, pods)

    def _report_recreation(self, item: StatefulSet, pod: Pod) -> None:
        """Write an Event about a pod that has ended and gets a successor."""
        failed, meta = has_failed(pod), item.metadata
        what, reason = ("failed", "RecreatingFailedPod") if failed else ("terminated", "RecreatingTerminatedPod")
        text = self._dialect.say("statefulset.recreates", namespace=meta.namespace, name=meta.name, what=what, pod=pod.metadata.name)
        self._recorder.event(item, WARNING if failed else NORMAL, reason, text, cause=because(item, "delete"))

    def _make_pod(self, item: StatefulSet, pod: Pod, number: int) -> None:
        """A pod, after its claims. Raises ApiError."""
        self._make_claims(item, number)
        self._api.create(pod, because(item, "ordinal missing"))

    def _delete_pod(self, item: StatefulSet, pod: Pod) -> None:
        deletion = Deletion(uid=pod.metadata.uid)
        self._report(
            "delete",
            item,
            f"Pod {pod.metadata.name}",
            lambda: self._api.delete(key_of(pod), deletion, because(item, "pod must be deleted")),
        )

    def _report(self, verb: str, item: StatefulSet, what: str, call: Callable[[], object]) -> None:
        """Do it and write an Event about it. Raises ApiError."""
        cause = because(item, verb)
        names = {"verb": verb, "title": verb.title(), "what": what, "name": item.metadata.name}
        try:
            call()
        except ApiError as error:
            if error.reason == "AlreadyExists" and verb == "create":
                raise
            if TERMINATING_NAMESPACE in error.message:
                return
            text = self._dialect.say("statefulset.failed", error=error.message, **names)
            self._recorder.event(item, WARNING, f"Failed{verb.title()}", text, cause=cause)
            raise
        text = self._dialect.say("statefulset.done", **names)
        self._recorder.event(item, NORMAL, f"Successful{verb.title()}", text, cause=cause)

    # ---- claims

    def _make_claims(self, item: StatefulSet, number: int) -> None:
        """Create the missing claims of a pod. A claim that is being deleted must be gone first. Raises ApiError."""
        problems = [problem for claim in new_claims(item, number) if (problem := self._make_claim(item, claim, number))]
        if problems:
            raise ApiError("InternalError", problems[0] if len(problems) == 1 else f"[{', '.join(problems)}]")

    def _make_claim(self, item: StatefulSet, new: PersistentVolumeClaim, number: int) -> str:
        """Create a claim unless it exists; why that failed, or empty."""
        name, cause = new.metadata.name, because(item, "claim missing")
        existing = self._store.get(key_of(new))
        if existing is not None:
            return f"pvc {name} is being deleted" if is_being_deleted(existing) else ""
        names = {"claim": name, "pod": f"{item.metadata.name}-{number}", "name": item.metadata.name}
        try:
            self._api.create(new, cause)
        except ApiError as error:
            text = self._dialect.say("statefulset.claim_failed", error=error.message, **names)
            self._recorder.event(item, WARNING, "FailedCreate", text, cause=cause)
            return f"failed to create PVC {name}: {error.message}"
        self._recorder.event(item, NORMAL, "SuccessfulCreate", self._dialect.say("statefulset.claim_done", **names), cause=cause)
        return ""

    def _trim_claims(self, item: StatefulSet, pods: list[Pod]) -> None:
        """With `whenScaled: Delete`, delete the claims of removed ordinals after their pods."""
        policy = item.spec.persistent_volume_claim_retention_policy
        if policy is None or policy.when_scaled != "Delete":
            return
        present = {ordinal_of(item, pod) for pod in pods} | set(ordinals(item))
        kept = {claim_name(one, item, number) for one in item.spec.volume_claim_templates for number in present if number is not None}
        prefixes = tuple(f"{one.metadata.name}-{item.metadata.name}-" for one in item.spec.volume_claim_templates)
        for claim_object in self._store.typed(PersistentVolumeClaim, item.metadata.namespace):
            name = claim_object.metadata.name
            if name.startswith(prefixes) and name.rpartition("-")[2].isdigit() and name not in kept:
                self._api.delete(key_of(claim_object), cause=because(item, "scaled down"))

    def _on_pod(self, write: Write, before: Object | None) -> None:
        for pod in (write.item, before):
            key = None if pod is None else controller_key(pod, "StatefulSet")
            if key is not None:
                self._queue.add(key)
        if controller_of(write.item) is None and write.type != "DELETED":
            for item in self._store.typed(StatefulSet, write.key.namespace):
                if matches(item.spec.selector, write.item.metadata.labels):
                    self._queue.add(key_of(item))
