"""Defaults of Deployment, ReplicaSet, StatefulSet, DaemonSet, ReplicationController, Job and CronJob (apps/v1, batch/v1, core/v1)."""

from __future__ import annotations

from typing import TypeVar

from simulator.manifest.defaults.pod import template
from simulator.manifest.defaults.volume import claim
from simulator.objects.apps import (
    DaemonSet,
    DaemonSetUpdateStrategy,
    Deployment,
    DeploymentStrategy,
    ReplicaSet,
    RollingUpdateDaemonSet,
    RollingUpdateDeployment,
    RollingUpdateStatefulSetStrategy,
    StatefulSet,
    StatefulSetPersistentVolumeClaimRetentionPolicy,
    StatefulSetUpdateStrategy,
)
from simulator.objects.base import evolve
from simulator.objects.batch import CronJob, Job, JobSpec, JobTemplateSpec, PodFailurePolicy
from simulator.objects.replication import ReplicationController

V = TypeVar("V")

QUARTER = "25%"
HISTORY = 10
PROGRESS_SECONDS = 600
BACKOFF_LIMIT = 6
MOST = 2**31 - 1


def _or(value: V | None, default: V) -> V:
    return default if value is None else value


def deployment(item: Deployment) -> Deployment:
    """A Deployment: one replica, a rolling update by quarters, ten old ReplicaSets, ten minutes to make progress."""
    strategy = item.spec.strategy or DeploymentStrategy()
    strategy = evolve(strategy, type=strategy.type or "RollingUpdate")
    if strategy.type == "RollingUpdate":
        rolling = strategy.rolling_update or RollingUpdateDeployment()
        rolling = evolve(rolling, max_unavailable=_or(rolling.max_unavailable, QUARTER), max_surge=_or(rolling.max_surge, QUARTER))
        strategy = evolve(strategy, rolling_update=rolling)
    spec = evolve(
        item.spec,
        replicas=_or(item.spec.replicas, 1),
        strategy=strategy,
        revision_history_limit=_or(item.spec.revision_history_limit, HISTORY),
        progress_deadline_seconds=_or(item.spec.progress_deadline_seconds, PROGRESS_SECONDS),
        template=template(item.spec.template),
        min_ready_seconds=item.spec.min_ready_seconds or None,
        paused=item.spec.paused or None,
    )
    return evolve(item, spec=spec)


def replica_set(item: ReplicaSet) -> ReplicaSet:
    """A ReplicaSet."""
    spec = evolve(
        item.spec,
        replicas=_or(item.spec.replicas, 1),
        template=template(item.spec.template),
        min_ready_seconds=item.spec.min_ready_seconds or None,
    )
    return evolve(item, spec=spec)


def replication_controller(item: ReplicationController) -> ReplicationController:
    """A ReplicationController: selector and labels follow the template's labels."""
    labels = item.spec.template.metadata.labels
    spec = evolve(
        item.spec,
        replicas=_or(item.spec.replicas, 1),
        selector=item.spec.selector or labels,
        template=template(item.spec.template),
        min_ready_seconds=item.spec.min_ready_seconds or None,
    )
    return evolve(item, spec=spec, metadata=evolve(item.metadata, labels=item.metadata.labels or labels))


def stateful_set(item: StatefulSet) -> StatefulSet:
    """A StatefulSet: ordered, rolling from partition 0, claims retained."""
    strategy = item.spec.update_strategy or StatefulSetUpdateStrategy()
    if not strategy.type:
        rolling = strategy.rolling_update or RollingUpdateStatefulSetStrategy()
        strategy = evolve(strategy, type="RollingUpdate", rolling_update=rolling)
    if strategy.type == "RollingUpdate" and strategy.rolling_update is not None:
        strategy = evolve(strategy, rolling_update=_stateful_rolling(strategy.rolling_update))
    retention = item.spec.persistent_volume_claim_retention_policy or StatefulSetPersistentVolumeClaimRetentionPolicy()
    retention = evolve(retention, when_deleted=retention.when_deleted or "Retain", when_scaled=retention.when_scaled or "Retain")
    spec = evolve(
        item.spec,
        pod_management_policy=item.spec.pod_management_policy or "OrderedReady",
        update_strategy=strategy,
        persistent_volume_claim_retention_policy=retention,
        replicas=_or(item.spec.replicas, 1),
        revision_history_limit=_or(item.spec.revision_history_limit, HISTORY),
        template=template(item.spec.template),
        # A claim template is stored as a claim: with its kind, and Pending.
        volume_claim_templates=[claim(entry) for entry in item.spec.volume_claim_templates],
        min_ready_seconds=item.spec.min_ready_seconds or None,
    )
    return evolve(item, spec=spec)


def _stateful_rolling(item: RollingUpdateStatefulSetStrategy) -> RollingUpdateStatefulSetStrategy:
    return evolve(item, partition=_or(item.partition, 0))


def daemon_set(item: DaemonSet) -> DaemonSet:
    """A DaemonSet: one node after the other."""
    strategy = item.spec.update_strategy or DaemonSetUpdateStrategy()
    strategy = evolve(strategy, type=strategy.type or "RollingUpdate")
    if strategy.type == "RollingUpdate":
        rolling = strategy.rolling_update or RollingUpdateDaemonSet()
        rolling = evolve(rolling, max_unavailable=_or(rolling.max_unavailable, 1), max_surge=_or(rolling.max_surge, 0))
        strategy = evolve(strategy, rolling_update=rolling)
    spec = evolve(
        item.spec,
        update_strategy=strategy,
        revision_history_limit=_or(item.spec.revision_history_limit, HISTORY),
        template=template(item.spec.template),
        min_ready_seconds=item.spec.min_ready_seconds or None,
    )
    return evolve(item, spec=spec)


def job(item: Job) -> Job:
    """A Job of one pod that may fail six times. Its selector and labels are generated by the API server: they need its uid."""
    labels = item.metadata.labels or item.spec.template.metadata.labels
    return evolve(item, spec=job_spec(item.spec), metadata=evolve(item.metadata, labels=labels))


def job_spec(spec: JobSpec) -> JobSpec:
    """A Job's spec. The one inside a CronJob gets only `template_only`."""
    alone = spec.completions is None and spec.parallelism is None
    limit = BACKOFF_LIMIT if spec.backoff_limit_per_index is None else MOST
    return evolve(
        template_only(spec),
        completions=1 if alone else spec.completions,
        parallelism=_or(spec.parallelism, 1),
        backoff_limit=_or(spec.backoff_limit, limit),
        completion_mode=spec.completion_mode or "NonIndexed",
        suspend=_or(spec.suspend, False),
        pod_replacement_policy=spec.pod_replacement_policy or ("Failed" if spec.pod_failure_policy else "TerminatingOrFailed"),
        manual_selector=_or(spec.manual_selector, False),
    )


def template_only(spec: JobSpec) -> JobSpec:
    """The defaults of a Job's spec inside a CronJob."""
    return evolve(spec, template=template(spec.template), pod_failure_policy=_failure_policy(spec.pod_failure_policy))


def _failure_policy(item: PodFailurePolicy | None) -> PodFailurePolicy | None:
    if item is None:
        return None
    rules = [
        evolve(rule, on_pod_conditions=[evolve(pattern, status=pattern.status or "True") for pattern in rule.on_pod_conditions])
        for rule in item.rules
    ]
    return evolve(item, rules=rules)


def cron_job(item: CronJob) -> CronJob:
    """A CronJob: runs may overlap; three good and one failed Job are kept."""
    inner = item.spec.job_template or JobTemplateSpec()
    spec = evolve(
        item.spec,
        concurrency_policy=item.spec.concurrency_policy or "Allow",
        suspend=_or(item.spec.suspend, False),
        successful_jobs_history_limit=_or(item.spec.successful_jobs_history_limit, 3),
        failed_jobs_history_limit=_or(item.spec.failed_jobs_history_limit, 1),
        job_template=evolve(inner, spec=template_only(inner.spec)),
    )
    return evolve(item, spec=spec)
