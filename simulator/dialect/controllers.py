"""The control plane's wording and behaviour, release by release. Each row: the first release, and the value from there on."""

from __future__ import annotations

from typing import Any

FIRST = "1.0"

WORDING: dict[str, list[tuple[str, str]]] = {
    "statefulset.recreates": [(FIRST, "StatefulSet {namespace}/{name} is recreating {what} Pod {pod}")],
    # Deployment (pkg/controller/deployment/sync.go)
    "deployment.created_set": [(FIRST, "Scaled up replica set {name} to {to}"), ("1.32", "Scaled up replica set {name} from 0 to {to}")],
    "deployment.scaled": [
        (FIRST, "Scaled {direction} replica set {name} to {to} from {before}"),
        ("1.32", "Scaled {direction} replica set {name} from {before} to {to}"),
    ],
    # StatefulSet (pkg/controller/statefulset/stateful_pod_control.go)
    "statefulset.done": [
        (FIRST, "{verb} {what} in StatefulSet {name} successful"),
        ("1.35", "{title} {what} in StatefulSet {name} successful"),
    ],
    "statefulset.failed": [
        (FIRST, "{verb} {what} in StatefulSet {name} failed error: {error}"),
        ("1.35", "{title} {what} in StatefulSet {name} failed error: {error}"),
    ],
    "statefulset.claim_done": [
        (FIRST, "create Claim {claim} Pod {pod} in StatefulSet {name} success"),
        ("1.35", "Create Claim {claim} Pod {pod} in StatefulSet {name} success"),
    ],
    "statefulset.claim_failed": [
        (FIRST, "create Claim {claim} for Pod {pod} in StatefulSet {name} failed error: {error}"),
        ("1.35", "Create Claim {claim} for Pod {pod} in StatefulSet {name} failed error: {error}"),
    ],
    # Job (pkg/controller/job/job_controller.go)
    "job.completions_reached": [(FIRST, ""), ("1.31", "Reached expected number of succeeded pods")],
    # Scheduler (pkg/scheduler/framework/plugins/tainttoleration, framework/types.go, schedule_one.go)
    "scheduler.taint": [(FIRST, "node(s) had untolerated taint {{{taint}: {value}}}"), ("1.34", "node(s) had untolerated taint(s)")],
    "scheduler.volume_elsewhere": [
        (FIRST, "node(s) had volume node affinity conflict"),
        ("1.34", "node(s) didn't match PersistentVolume's node affinity"),
    ],
    "scheduler.post_filter": [(FIRST, "{message}"), ("1.34", "no new claims to deallocate, {message}")],
    "scheduler.post_filter_early": [(FIRST, "preemption: {histogram}"), ("1.34", "not found")],
}

SWITCHES: dict[str, list[tuple[str, Any]]] = {
    # A Job that is suspended has not started (gate MutableSchedulingDirectivesForSuspendedJobs).
    "suspended_jobs_lose_start_time": [(FIRST, False), ("1.36", True)],
    # status.terminatingReplicas of Deployments and ReplicaSets (gate DeploymentReplicaSetTerminatingReplicas).
    "reports_terminating_replicas": [(FIRST, False), ("1.35", True)],
    # A terminating namespace deletes its pods before everything else (gate OrderedNamespaceDeletion).
    "namespaces_lose_pods_first": [(FIRST, False), ("1.33", True)],
    # Outdated pods that are not available count towards a DaemonSet's maxUnavailable (rollingUpdate; #123233). Pull requests
    # #127774 and #127775 brought it to 1.30 and 1.29 in October 2024; no notes that were read say in which patches.
    "daemons_count_old_unavailable": [(FIRST, False), ("1.31", True)],
    # A StatefulSet's update waits until the pods above are available for minReadySeconds, with Parallel, too (#130909).
    "stateful_updates_heed_min_ready": [(FIRST, False), ("1.34", True)],
    # A StatefulSet reports that it recreates a pod that has ended (#123809).
    "stateful_recreations_are_reported": [(FIRST, True), ("1.31", False)],
    # A changed node triggers a DaemonSet's sync only when a pod has to be created or deleted there (syncNodeUpdate).
    "daemons_heed_only_moves": [(FIRST, False), ("1.34", True)],
    # A finished Job says CompletionsReached, and first SuccessCriteriaMet (gate JobSuccessPolicy, then always).
    "job_reports_success_criteria": [(FIRST, False), ("1.31", True)],
    # The API server refuses a Job's status with more ready pods than active ones (gate JobManagedBy). The controller writes one in every
    # back-off with running pods (kubernetes#139428; last patches, from 1.36.3 on, report the active pods).
    "job_status_is_validated": [(FIRST, False), ("1.32", True)],
    # behavior.scaleUp.tolerance and behavior.scaleDown.tolerance count (gate HPAConfigurableTolerance).
    "autoscalers_have_tolerance": [(FIRST, False), ("1.35", True)],
    # A HorizontalPodAutoscaler's status has memory as 50Mi, not as 52428800.
    "autoscalers_show_binary_memory": [(FIRST, False), ("1.34", True)],
    # The scheduler takes a pod from its back-off queue when it has nothing else to do (gate SchedulerPopFromBackoffQ).
    "scheduler_pops_from_back_off": [(FIRST, False), ("1.33", True)],
    # A bound pod has no nominatedNodeName any more (gate ClearingNominatedNodeNameAfterBinding).
    "binding_clears_nomination": [(FIRST, False), ("1.35", True)],
    # How long a node may be silent, in seconds (node-monitor-grace-period; #126287).
    "node_monitor_grace_seconds": [(FIRST, 40), ("1.32", 50)],
}
