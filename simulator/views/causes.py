"""The rules that records name as their cause, in words, and the component behind each."""

from __future__ import annotations

WORDS = {
    "SYS-01": "there from the beginning",
    "USR-00": "the user applied it",
    "USR-01": "an action of the Scenario",
    "USR-02": "kubectl drain",
    "USR-03": "kubectl in a container",
    "USR-04": "the program of a container",
    "ADM-01": "the pod is made for another operating system",
    "ADM-02": "the node has too little left",
    "ADM-03": "the node's labels do not match",
    "ADM-04": "a host port is taken",
    "ADM-05": "the node has a taint that the pod does not tolerate",
    "ADM-06": "the kubelet did not admit the pod",
    "SBX-01": "the pod has no sandbox",
    "SBX-02": "the sandbox is not ready",
    "SBX-03": "the sandbox has no address",
    "SBX-04": "its containers have run, and are never restarted",
    "SBX-05": "all its work is done",
    "SBX-06": "a new sandbox starts with the first init container",
    "SBX-07": "the sandbox is ready",
    "SBX-08": "the runtime failed",
    "SBX-09": "a new sandbox starts all containers",
    "INI-02": "the init container failed",
    "INI-04": "init containers run one after the other",
    "INI-06": "the sidecar is gone",
    "INI-07": "the init container was created, but not started",
    "INI-08": "an init container failed, and is never restarted",
    "INI-09": "the sidecar exited",
    "INI-10": "the sidecar before it is up",
    "INI-11": "the sidecar failed its startup probe",
    "INI-12": "the sidecar's definition changed",
    "INI-13": "the sidecar failed its liveness probe",
    "RST-02": "the container was created, but not started",
    "RST-04": "the restart policy says so",
    "RST-05": "the container's definition changed",
    "RST-06": "the container failed its liveness probe",
    "RST-07": "the container failed its startup probe",
    "RST-08": "no regular container is left to run",
    "RST-09": "restarts wait",
    "RST-14": "a restart rule matches the exit code",
    "RST-15": "the container has not run yet",
    "PRB-14": "the probe could not be made",
    "PRB-16": "a startup probe came to a result",
    "PRB-18": "the probe was redirected",
    "PRB-20": "a probe failed",
    "HOK-01": "a postStart hook",
    "HOK-02": "a preStop hook",
    "HOK-06": "a preStop hook failed",
    "TRM-05": "all its containers have ended",
    "TRM-06": "the kubelet is done with it",
    "TRM-07": "the grace period was cut short",
    "TRM-08": "the pod was deleted or has ended",
    "IMG-01": "the image has no valid name",
    "IMG-02": "the pull policy says so",
    "IMG-03": "the pull failed",
    "IMG-05": "an image pull secret does not exist",
    "STA-01": "the kubelet syncs the pod",
    "STA-05": "the start failed",
    "STA-09": "activeDeadlineSeconds is over",
    "STA-11": "a readiness probe came to another result",
    "ENV-02": "a ConfigMap, a Secret or a key is missing",
    "ENV-04": "the container must not run as root",
    "VOL-02": "a volume has no source",
    "VOL-04": "the node does not have what a hostPath volume asks for",
    "VOL-05": "a volume's CSI driver is not registered",
    "VOL-06": "the node does not have the path of a local volume",
    "BackoffLimitExceeded": "the Job's backoffLimit is reached",
    "bind": "the scheduler chose the node",
    "preempt": "it makes room for a pod of higher priority",
    "claim": "a controller takes it on",
    "proxy": "the endpoints changed",
    "start": "kube-proxy started",
}
"""Rules named by a code or by a word too short to be clear; the names of all others are readable."""


def cause_in_words(rule: str) -> str:
    """A rule in words; empty when the record names none."""
    return WORDS.get(rule, rule)


COMPONENTS = {
    "USR-03": "kubectl",
    "USR-04": "container",
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
"""The component behind a rule: by the rule itself, or by the letters of its code."""
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
"""The usual writer of a kind of object, when the rule does not determine it."""
DEPLOYMENT_RULES = frozenset(("new template", "scale", "revision"))


def component_of(rule: str, kind: str) -> str:
    """The component that wrote a record: by its rule, else by the kind of object."""
    code = rule.partition("-")[0]
    if rule in COMPONENTS or code in ("USR", "SYS"):
        return COMPONENTS.get(rule) or COMPONENTS[code]
    if code.isupper() and len(code) == 3:
        return "kubelet"
    if rule in DEPLOYMENT_RULES and kind == "ReplicaSet":
        return OWNERS["Deployment"]
    return OWNERS.get(kind, "kubelet" if kind == "Pod" else "cluster")
