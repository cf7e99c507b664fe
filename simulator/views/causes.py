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
