"""Why a record was written, in words: the rules that writers name."""

from __future__ import annotations

WORDS = {
    "SYS-01": "there from the beginning",
    "USR-00": "the user applied it",
    "USR-01": "an action of the Scenario",
    "USR-02": "kubectl drain",
    "INI-04": "init containers run one after the other",
    "IMG-01": "the image has no valid name",
    "IMG-02": "the pull policy says so",
    "IMG-03": "the pull failed",
    "RST-04": "the restart policy says so",
    "RST-09": "restarts wait",
    "SBX-02": "the sandbox is not ready",
    "SBX-07": "the sandbox is ready",
    "SBX-08": "the runtime failed",
    "STA-01": "the kubelet syncs the pod",
    "STA-05": "the start failed",
    "STA-09": "activeDeadlineSeconds is over",
    "STA-11": "a readiness probe came to another result",
    "PRB-10": "a probe failed",
    "PRB-16": "a startup probe came to a result",
    "HOK-01": "a postStart hook",
    "HOK-02": "a preStop hook",
    "HOK-04": "a preStop hook failed",
    "TRM-01": "the container is to stop",
    "TRM-05": "all its containers have ended",
    "TRM-06": "the kubelet is done with it",
    "VOL-02": "a volume has no source",
    "BackoffLimitExceeded": "the Job's backoffLimit is reached",
    "bind": "the scheduler chose the node",
    "preempt": "it makes room for a pod of higher priority",
    "claim": "a controller takes it on",
    "proxy": "the endpoints changed",
    "start": "kube-proxy started",
}
"""Rules that are named by a code, or by a word too short to be understood alone; others say what they mean."""


def cause_in_words(rule: str) -> str:
    """What a rule says; empty when the writer named none."""
    return WORDS.get(rule, rule)


COMPONENTS = {
    "USR": "user",
    "SYS": "cluster",
    "bind": "scheduler",
    "no node": "scheduler",
    "preempt": "scheduler",
    "too few replicas": "replicaset-controller",
    "too many replicas": "replicaset-controller",
    "ordinal missing": "statefulset-controller",
    "outdated": "statefulset-controller",
    "placement": "daemonset-controller",
    "pod must go": "statefulset-controller",
    "too few active pods": "job-controller",
    "counted": "job-controller",
    "nobody counts it": "job-controller",
    "BackoffLimitExceeded": "job-controller",
    "jobs seen": "cronjob-controller",
    "start time": "cronjob-controller",
    "time to live is over": "ttl-controller",
    "endpoints": "endpoint-controller",
    "proxy": "kube-proxy",
    "owner is gone": "garbage-collector",
    "owner let go": "garbage-collector",
    "finalizer done": "garbage-collector",
    "node is silent": "node-controller",
    "node taints": "node-controller",
    "taint is gone": "taint-eviction",
    "node lease": "kubelet",
    "node status": "kubelet",
    "usage counted": "quota-controller",
    "no volume": "volume-controller",
    "late binding": "volume-controller",
}
"""Who follows a rule: by the rule itself, or by the letters of its code."""
OWNERS = {
    "Deployment": "deployment-controller",
    "ReplicaSet": "replicaset-controller",
    "StatefulSet": "statefulset-controller",
    "DaemonSet": "daemonset-controller",
    "Job": "job-controller",
    "CronJob": "cronjob-controller",
    "EndpointSlice": "endpoint-controller",
    "Endpoints": "endpoint-controller",
    "PersistentVolumeClaim": "volume-controller",
    "PersistentVolume": "volume-controller",
    "PodDisruptionBudget": "disruption-controller",
    "ResourceQuota": "quota-controller",
}
"""Who writes a kind of object when no rule says more; what a Deployment's rules do to ReplicaSets, the deployment controller does."""
DEPLOYMENT_RULES = frozenset(("new template", "scale", "revision"))


def component_of(rule: str, kind: str) -> str:
    """Who wrote a record: from the rule that it names, else from the kind of object."""
    code = rule.partition("-")[0]
    if rule in COMPONENTS or code in ("USR", "SYS"):
        return COMPONENTS.get(rule) or COMPONENTS[code]
    if code.isupper() and len(code) == 3:
        return "kubelet"
    if rule in DEPLOYMENT_RULES and kind == "ReplicaSet":
        return OWNERS["Deployment"]
    return OWNERS.get(kind, "kubelet" if kind == "Pod" else "cluster")
