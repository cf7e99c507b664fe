"""Job and CronJob (batch/v1)."""

from __future__ import annotations

from simulator.objects.base import JSON, KubeStruct, shown, shown_struct
from simulator.objects.meta import LabelSelector, ObjectMeta
from simulator.objects.pod import PodTemplateSpec
from simulator.objects.service import ObjectReference


class PodFailurePolicyOnExitCodesRequirement(KubeStruct, frozen=True):
    operator: str = shown("")
    values: list[int] | None = None
    container_name: str = ""


class PodFailurePolicyOnPodConditionsPattern(KubeStruct, frozen=True):
    type: str = shown("")
    status: str = ""


class PodFailurePolicyRule(KubeStruct, frozen=True):
    action: str = shown("")
    on_exit_codes: PodFailurePolicyOnExitCodesRequirement | None = None
    on_pod_conditions: list[PodFailurePolicyOnPodConditionsPattern] = []


class PodFailurePolicy(KubeStruct, frozen=True):
    rules: list[PodFailurePolicyRule] = []


class SuccessPolicyRule(KubeStruct, frozen=True):
    succeeded_count: int | None = None
    succeeded_indexes: str = ""


class SuccessPolicy(KubeStruct, frozen=True):
    rules: list[SuccessPolicyRule] = []


class JobSpec(KubeStruct, frozen=True):
    template: PodTemplateSpec = shown_struct(PodTemplateSpec)
    active_deadline_seconds: int | None = None
    backoff_limit: int | None = None
    backoff_limit_per_index: int | None = None
    completion_mode: str = ""
    completions: int | None = None
    managed_by: str = ""
    manual_selector: bool | None = None
    max_failed_indexes: int | None = None
    parallelism: int | None = None
    pod_failure_policy: PodFailurePolicy | None = None
    pod_replacement_policy: str = ""
    scheduling: JSON | None = None
    selector: LabelSelector | None = None
    success_policy: SuccessPolicy | None = None
    suspend: bool | None = None
    ttl_seconds_after_finished: int | None = None


class JobCondition(KubeStruct, frozen=True):
    status: str = shown("")
    type: str = shown("")
    last_probe_time: str | None = None
    last_transition_time: str | None = None
    message: str = ""
    reason: str = ""


class UncountedTerminatedPods(KubeStruct, frozen=True):
    failed: list[str] = []
    succeeded: list[str] = []


class JobStatus(KubeStruct, frozen=True):
    active: int = 0
    completed_indexes: str = ""
    completion_time: str | None = None
    conditions: list[JobCondition] = []
    failed: int = 0
    failed_indexes: str = ""
    ready: int | None = None
    start_time: str | None = None
    succeeded: int = 0
    terminating: int | None = None
    uncounted_terminated_pods: UncountedTerminatedPods | None = None


class Job(KubeStruct, frozen=True):
    api_version: str = shown("batch/v1")
    kind: str = shown("Job")
    metadata: ObjectMeta = shown_struct(ObjectMeta)
    spec: JobSpec = shown_struct(JobSpec)
    status: JobStatus = shown_struct(JobStatus)


class JobTemplateSpec(KubeStruct, frozen=True):
    metadata: ObjectMeta = shown_struct(ObjectMeta)
    spec: JobSpec = shown_struct(JobSpec)


class CronJobSpec(KubeStruct, frozen=True):
    job_template: JobTemplateSpec | None = None
    schedule: str = shown("")
    concurrency_policy: str = ""
    failed_jobs_history_limit: int | None = None
    starting_deadline_seconds: int | None = None
    successful_jobs_history_limit: int | None = None
    suspend: bool | None = None
    time_zone: str | None = None


class CronJobStatus(KubeStruct, frozen=True):
    active: list[ObjectReference] = []
    last_schedule_time: str | None = None
    last_successful_time: str | None = None


class CronJob(KubeStruct, frozen=True):
    spec: CronJobSpec = shown_struct(CronJobSpec)
    api_version: str = shown("batch/v1")
    kind: str = shown("CronJob")
    metadata: ObjectMeta = shown_struct(ObjectMeta)
    status: CronJobStatus = shown_struct(CronJobStatus)
