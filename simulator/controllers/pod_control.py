"""Creating and deleting pods for a controller (pkg/controller/controller_utils.go RealPodControl)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from simulator.api import ApiError, ApiServer
from simulator.api.deletion import Deletion
from simulator.client.ownership import controller_reference
from simulator.client.recorder import NORMAL, WARNING, Recorder
from simulator.journal.records import Cause
from simulator.objects.kinds import key_of
from simulator.objects.meta import ObjectMeta
from simulator.objects.pod import Pod, PodTemplateSpec

TERMINATING_NAMESPACE = "because it is being terminated"
"""Part of the error of a create request in a terminating namespace."""
SLOW_START = 1
BURST = 500
"""The most pods that a sync creates or deletes."""


def pod_from_template(template: PodTemplateSpec, owner: Any, *, name: str = "", prefix: str = "") -> Pod:
    """A new pod of `owner`, with its template's labels, annotations and finalizers; named, or with a prefix for a generated name."""
    meta = template.metadata
    return Pod(
        metadata=ObjectMeta(
            name=name,
            generate_name="" if name else prefix or f"{owner.metadata.name}-",
            namespace=owner.metadata.namespace,
            labels=dict(meta.labels),
            annotations=dict(meta.annotations),
            finalizers=list(meta.finalizers),
            owner_references=[controller_reference(owner)],
        ),
        spec=template.spec,
    )


class PodControl:
    """Creates and deletes pods, with an Event about their owner for each."""

    def __init__(self, api: ApiServer, recorder: Recorder) -> None:
        self._api = api
        self._recorder = recorder

    def create(self, owner: Any, pod: Pod, cause: Cause) -> Pod | None:
        """Create one pod; None when the namespace is terminating. Raises ApiError, reported as FailedCreate."""
        try:
            made = self._api.create(pod, cause)
        except ApiError as error:
            if TERMINATING_NAMESPACE in error.message:
                return None
            self._recorder.event(owner, WARNING, "FailedCreate", f"Error creating: {error.message}", cause=cause)
            raise
        self._recorder.event(owner, NORMAL, "SuccessfulCreate", f"Created pod: {made.metadata.name}", cause=cause)
        return made

    def delete(self, owner: Any, pod: Pod, cause: Cause) -> None:
        """Delete one pod gracefully, if it still exists. Raises ApiError, reported as FailedDelete."""
        try:
            self._api.delete(key_of(pod), Deletion(uid=pod.metadata.uid), cause)
        except ApiError as error:
            if error.reason == "NotFound":
                return
            self._recorder.event(owner, WARNING, "FailedDelete", f"Error deleting: {error.message}", cause=cause)
            raise
        self._recorder.event(owner, NORMAL, "SuccessfulDelete", f"Deleted pod: {pod.metadata.name}", cause=cause)


def slow_start(pods: Sequence[Pod], create: Callable[[Pod], object], batch: int = SLOW_START) -> ApiError | None:
    """Create pods in batches that double, as long as all goes well (slowStartBatch); the first error of the batch that failed.

    All requests of a batch are sent, for they are on their way before the first answer.
    """
    start = 0
    while start < len(pods):
        errors: list[ApiError] = []
        for pod in pods[start : start + batch]:
            try:
                create(pod)
            except ApiError as error:
                errors.append(error)
        if errors:
            return errors[0]
        start += batch
        batch *= 2
    return None
