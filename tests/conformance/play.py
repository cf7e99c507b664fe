"""Runs a recorded case through the simulator's own input path: a Scenario and a manifest in a folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from simulator.cluster import Cluster
from simulator.journal import Journal
from simulator.objects.kinds import Key
from simulator.scenario.inputs import gather
from tests.conformance.traces import Trace

SEEDS = 16
PHASE_OFFSETS = (0.0, 0.02, -0.02, 0.04, -0.04)
"""The recorded phase of the relists is known to about this (seconds); seeds try them in turn."""
SANDBOX_ERROR = 'failed to setup network for sandbox: plugin type="bridge" failed (add): no IP addresses available'


def pod_key(trace: Trace) -> Key:
    """The pod of a trace."""
    meta = trace["pod"]["metadata"]
    return Key("Pod", meta.get("namespace", "default"), meta["name"])


def play(trace: Trace, release: str, seed: int, folder: Path) -> Journal:
    """Write Scenario and manifest into `folder`, read them back, run."""
    (folder / "manifest.yaml").write_text("\n---\n".join(json.dumps(item) for item in manifests(trace)))
    (folder / "scenario.yaml").write_text(json.dumps(scenario(trace, release, seed)))
    return Cluster(gather([str(folder)])).run()


def manifests(trace: Trace) -> list[dict[str, Any]]:
    """The pod, bound as the recorded kubelet got it, behind what was there before it."""
    pod = json.loads(json.dumps(trace["pod"]))
    pod["spec"]["nodeName"] = "minikube"
    pod["spec"].setdefault("automountServiceAccountToken", False)
    others = []
    for kind, key in (("Service", "services"), ("ConfigMap", "configMaps")):
        for item in trace.get(key, []):
            kept = {name: value for name, value in item.items() if name != "status"}
            kept["metadata"] = {name: value for name, value in item["metadata"].items() if value is not None}
            others.append({"apiVersion": "v1", "kind": kind, **kept})
    return [*others, pod]


def scenario(trace: Trace, release: str, seed: int) -> dict[str, Any]:
    """What containers, images and the sandbox did, in a Scenario's words."""
    behavior, relist, name = trace["behavior"], trace["relist"], trace["pod"]["metadata"]["name"]
    phase = (relist["phase"] + PHASE_OFFSETS[seed % len(PHASE_OFFSETS)]) % relist["period"]
    sandbox: dict[str, Any] = {"create": _seconds(behavior.get("sandbox", 0))}
    if behavior.get("sandboxErrors"):
        sandbox |= {"failTimes": behavior["sandboxErrors"], "error": SANDBOX_ERROR}
    spec = {
        "kubernetes": release,
        "seed": seed,
        "startTime": trace["startTime"],
        "duration": _seconds(trace["duration"]),
        "manifests": ["manifest.yaml"],
        "cluster": {
            "nodes": [{"name": "minikube", "cpu": "8", "memory": "16Gi", "pods": 2000}],
            "kubelet": {
                "relistPhase": _seconds(round(phase, 3)),
                "relistPeriod": _seconds(round(relist["period"], 4)),
                "serializeImagePulls": trace["serializeImagePulls"],
            },
            "sandbox": sandbox,
        },
        "images": _images(trace),
        "programs": [_program(name, container, done) for container, done in behavior.get("containers", {}).items()],
        "actions": [_action(name, action) for action in trace.get("actions", [])],
    }
    return {"apiVersion": "podsim/v1", "kind": "Scenario", "metadata": {"name": trace["id"]}, "spec": spec}


def _seconds(value: float) -> str:
    return f"{value}s"


def _images(trace: Trace) -> dict[str, Any]:
    spec = trace["pod"]["spec"]
    images: dict[str, Any] = {c["image"]: {} for c in (*spec.get("initContainers", []), *spec["containers"])}
    images = {name: {"cached": True, "size": 1000000, "pull": "100ms"} for name in images}
    for name, image in (trace["behavior"].get("images") or {}).items():
        images[name] = {
            "cached": bool(image.get("cached")),
            "size": image.get("size", 1000000),
            "pull": _seconds(image.get("pull", 0)),
            **{key: image[key] for key in ("failTimes", "error") if image.get(key)},
        }
    return images


def _program(pod: str, container: str, done: dict[str, Any]) -> dict[str, Any]:
    return {
        "match": {"pod": pod, "container": container},
        "create": _seconds(done.get("create", 0)),
        "start": _seconds(done.get("start", 0)),
        "runs": [_run(run) for run in done.get("runs") or [{}]],
    }


def _run(run: dict[str, Any]) -> dict[str, Any]:
    result = {key: run[key] for key in ("exitCode", "reason", "message", "startError", "createError") if run.get(key)}
    if run.get("exitAfter") is not None:
        result["exitAfter"] = _seconds(run["exitAfter"])
    term: dict[str, Any] = {}
    if (delay := run.get("termDelay")) is not None:
        term |= {"ignore": True} if delay < 0 else {"delay": _seconds(delay)}
    if run.get("termCode") is not None:
        term["exitCode"] = run["termCode"]
    if term:
        result["term"] = term
    for name in ("listen", "http", "exec"):
        if run.get(name):
            result[name] = [_rule(rule) for rule in run[name]]
    return result


def _rule(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule of a run: times as durations; no end, no delay, an empty path or body mean that the recording sets none."""
    times = {key: _seconds(rule[key]) for key in ("from", "to", "delay") if rule.get(key) or (key == "from" and key in rule)}
    return {
        key: value for key, value in rule.items() if key not in ("from", "to", "delay") and (value or key not in ("path", "body"))
    } | times


def _action(pod: str, action: dict[str, Any]) -> dict[str, Any]:
    if action["op"] == "delete":
        grace = action.get("gracePeriodSeconds")
        return {"at": _seconds(action["at"]), "delete": f"pod/{pod}"} | ({} if grace is None else {"gracePeriodSeconds": grace})
    return {"at": _seconds(action["at"]), "patch": f"pod/{pod}", "with": action["patch"]}
