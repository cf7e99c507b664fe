"""The rules that records name as their cause, in words, and the component behind each."""

from __future__ import annotations

WORDS = {
    "SYS-01": "exists from the start",
    "USR-00": "applied by the user",
    "USR-01": "an action of the Scenario",
    "USR-02": "kubectl drain",
    "USR-03": "kubectl in a container",
    "USR-04": "the program of a container",
    "USR-05": "helm or Argo CD",
    "ADM-01": "the pod requires another operating system",
    "ADM-02": "the node has insufficient resources",
    "ADM-03": "the node's labels do not match",
    "ADM-04": "a host port is in use",
    "ADM-05": "the node has a taint that the pod does not tolerate",
    "ADM-06": "the kubelet did not admit the pod",
    "EVC-01": "the node is short of memory or disk",
    "EVC-02": "the node is under pressure",
    "EVC-03": "the pod was evicted",
    "EVC-04": "the node is under pressure and admits no such pods",
    "EVC-05": "a container exceeded its limit of ephemeral storage",
    "SHD-01": "the node shuts down",
    "SHD-02": "the node shuts down and admits no pods",
    "PRC-01": "the kubelet that has started does not run this pod",
    "PRC-02": "the pod had ended before the kubelet started",
    "PRC-03": "the kubelet starts",
    "PRC-04": "the kubelet runs again",
    "SBX-01": "the pod has no sandbox",
    "SBX-02": "the sandbox is not ready",
    "SBX-03": "the sandbox has no address",
    "SBX-04": "its containers have run and are not restarted",
    "SBX-05": "all its containers have completed",
    "SBX-06": "a new sandbox starts with the first init container",
    "SBX-07": "the sandbox is ready",
    "SBX-08": "the runtime failed",
    "SBX-09": "a new sandbox starts all containers",
    "INI-02": "the init container failed",
    "INI-04": "init containers run one at a time",
    "INI-06": "the sidecar is gone",
    "INI-07": "the init container was created but not started",
    "INI-08": "an init container failed and is not restarted",
    "INI-09": "the sidecar exited",
    "INI-10": "the previous sidecar has started",
    "INI-11": "the sidecar failed its startup probe",
    "INI-12": "the sidecar's definition changed",
    "INI-13": "the sidecar failed its liveness probe",
    "RST-02": "the container was created but not started",
    "RST-04": "required by the restart policy",
    "RST-05": "the container's definition changed",
    "RST-06": "the container failed its liveness probe",
    "RST-07": "the container failed its startup probe",
    "RST-08": "no regular container is left to run",
    "RST-09": "restart back-off",
    "RST-14": "a restart rule matches the exit code",
    "RST-15": "the container has not run yet",
    "RST-17": "a restart rule restarts all containers",
    "EPH-01": "the container was added to debug the pod",
    "RSZ-02": "the node lacks what the pod asks for",
    "RSZ-03": "the node has given the pod what it asks for",
    "RSZ-06": "the containers have what the pod asks for",
    "RSZ-07": "a container uses more memory than its new limit",
    "RSZ-10": "its resizePolicy restarts the container",
    "PRB-14": "the probe could not be sent",
    "PRB-16": "the startup probe's result changed",
    "PRB-18": "the probe was redirected",
    "PRB-20": "a probe failed",
    "HST-06": "the host name is too long",
    "HOK-01": "postStart hook",
    "HOK-02": "preStop hook",
    "HOK-06": "preStop hook failed",
    "TRM-05": "all its containers have exited",
    "TRM-06": "the kubelet has finished the cleanup",
    "TRM-08": "the pod was deleted or has ended",
    "IMG-01": "the image name is invalid",
    "IMG-02": "required by the pull policy",
    "IMG-03": "the pull failed",
    "IMG-05": "an image pull secret does not exist",
    "STA-01": "the kubelet syncs the pod",
    "STA-05": "the start failed",
    "STA-09": "activeDeadlineSeconds has expired",
    "STA-11": "the readiness probe's result changed",
    "ENV-02": "a ConfigMap, a Secret or a key is missing",
    "ENV-04": "the container must not run as root",
    "VOL-02": "the source of a volume is missing",
    "VOL-04": "the node lacks the path of a hostPath volume",
    "VOL-05": "a volume's CSI driver is not registered",
    "VOL-06": "the node lacks the path of a local volume",
    "VOL-07": "the kubelet has restarted",
    "BackoffLimitExceeded": "the Job has reached its backoffLimit",
    "bind": "the scheduler chose the node",
    "preempt": "preempted by a pod with higher priority",
    "claim": "adopted by a controller",
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
    "pod must be deleted": "statefulset-controller",
    "too few active pods": "job-controller",
    "counted": "job-controller",
    "no longer counted": "job-controller",
    "BackoffLimitExceeded": "job-controller",
    "jobs seen": "cronjob-controller",
    "start time": "cronjob-controller",
    "time to live has expired": "ttl-controller",
    "endpoints": "endpoint-controller",
    "proxy": "kube-proxy",
    "owner is gone": "garbage-collector",
    "released by its owner": "garbage-collector",
    "finalizer done": "garbage-collector",
    "node is not responding": "node-controller",
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
