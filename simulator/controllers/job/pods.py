"""The pods of a Job and their finalizer (job_controller.go manageJob, tracking_utils.go)."""

from __future__ import annotations

from simulator.controllers.job.failures import Counts
from simulator.controllers.pod_control import pod_from_template
from simulator.objects.base import evolve
from simulator.objects.batch import Job
from simulator.objects.container import Container, EnvVar, EnvVarSource, ObjectFieldSelector
from simulator.objects.labels import JOB_COMPLETION_INDEX, JOB_INDEX_FAILURE_COUNT, JOB_INDEX_IGNORED_FAILURE_COUNT, JOB_TRACKING
from simulator.objects.pod import Pod

ENV = "JOB_COMPLETION_INDEX"
LONGEST_PREFIX = 63 - 5
NEVER_FAILED = Counts(0, 0)


def new_pod(job: Job, index: int | None, failed: Counts = NEVER_FAILED) -> Pod:
    """A pod of the Job, with an index for an Indexed Job. `failed`: how often this index has failed before."""
    if index is None:
        pod = pod_from_template(job.spec.template, job)
        return _tracked(pod)
    suffix = f"-{index}-"
    pod = pod_from_template(job.spec.template, job, prefix=job.metadata.name[: LONGEST_PREFIX - len(suffix)] + suffix)
    notes = {**pod.metadata.annotations, JOB_COMPLETION_INDEX: str(index)}
    if job.spec.backoff_limit_per_index is not None:
        notes[JOB_INDEX_FAILURE_COUNT] = str(failed.failed)
        if failed.ignored:
            notes[JOB_INDEX_IGNORED_FAILURE_COUNT] = str(failed.ignored)
    labels = {**pod.metadata.labels, JOB_COMPLETION_INDEX: str(index)}
    spec = evolve(
        pod.spec,
        hostname=f"{job.metadata.name}-{index}",
        containers=[_with_index(item) for item in pod.spec.containers],
        init_containers=[_with_index(item) for item in pod.spec.init_containers],
    )
    return _tracked(evolve(pod, metadata=evolve(pod.metadata, annotations=notes, labels=labels), spec=spec))


def _tracked(pod: Pod) -> Pod:
    """The pod with the finalizer that keeps it until it is counted."""
    kept = pod.metadata.finalizers
    return pod if JOB_TRACKING in kept else evolve(pod, metadata=evolve(pod.metadata, finalizers=[*kept, JOB_TRACKING]))


def _with_index(container: Container) -> Container:
    if any(item.name == ENV for item in container.env):
        return container
    source = EnvVarSource(field_ref=ObjectFieldSelector(api_version="v1", field_path=f"metadata.labels['{JOB_COMPLETION_INDEX}']"))
    return evolve(container, env=[*container.env, EnvVar(name=ENV, value_from=source)])


def untracked(pod: Pod) -> Pod:
    """The pod without the finalizer."""
    kept = [name for name in pod.metadata.finalizers if name != JOB_TRACKING]
    return evolve(pod, metadata=evolve(pod.metadata, finalizers=kept))
