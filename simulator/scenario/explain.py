"""The complete Scenario of a run: what was given, and what was assumed, each line with its reason. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os.path import relpath
from pathlib import Path
from typing import Any, NamedTuple

from simulator.container.program import Image
from simulator.manifest.documents import Document, documents
from simulator.manifest.files import moved
from simulator.objects.base import JSON
from simulator.objects.globs import glob_matches
from simulator.scenario import spec as typed
from simulator.scenario import write
from simulator.scenario.inference import Assumption, Inferred, program_data
from simulator.scenario.inputs import Inputs
from simulator.scenario.layout import Comments, Layout
from simulator.scenario.spec import PROXY_MODES, ImageSpec, Scenario
from simulator.units import format_rate, short_duration

DEFAULT = "podsim's default"


class Known(NamedTuple):
    """The assumptions of a run: its programs and images, all of them in words, and paths as items of `spec.paths` with their reasons.

    `executables` are the programs that images are assumed to have.
    """

    inferred: Sequence[Inferred]
    images: Mapping[str, Image]
    executables: Mapping[str, tuple[str, ...]]
    assumptions: Sequence[Assumption]
    paths: Sequence[tuple[JSON, str]] = ()


def explained(inputs: Inputs, known: Known, folder: str = ".") -> str:
    """The Scenario as YAML, for a file in `folder`."""
    scenario, document = inputs.scenario, _document(inputs.scenario)
    comments: Comments = {}
    given = document.get("spec") or {}
    spec: JSON = {
        "kubernetes": scenario.kubernetes,
        **({"kubectl": scenario.kubectl} if scenario.kubectl else {}),
        "seed": scenario.seed,
        "startTime": scenario.start_time,
        "duration": short_duration(inputs.horizon),
        **({"namespace": scenario.namespace} if scenario.namespace else {}),
        "manifests": [_seen_from(folder, file) for file in inputs.files],
    }
    for key in ("kubernetes", "seed", "startTime", "duration"):
        if key not in given:
            comments["spec", key] = DEFAULT
    if "before" in given:
        before = given["before"]
        spec["before"] = {**before, "manifests": [_moved(scenario, folder, file) for file in before.get("manifests") or []]}
    if scenario.apply:
        spec["apply"] = scenario.apply
    spec["cluster"] = _cluster(scenario)
    described = given.get("cluster") or {}
    if not described:
        comments["spec", "cluster"] = DEFAULT
    comments.update({("spec", "cluster", key): DEFAULT for key in spec["cluster"] if described and key not in described})
    spec["images"] = _images(given, known, comments)
    spec["programs"] = _programs(given, known, comments)
    if given.get("paths") or known.paths:
        spec["paths"] = _paths(given, known, comments)
    if given.get("actions"):
        spec["actions"] = [_action(scenario, folder, action) for action in given["actions"]]
    for key in ("traffic", "metrics", "expect"):
        if given.get(key):
            spec[key] = given[key]
    complete = {
        "apiVersion": "podsim/v1",
        "kind": "Scenario",
        **({"metadata": document["metadata"]} if "metadata" in document else {}),
        "spec": spec,
    }
    return "".join(f"{line}\n" for line in (*_head(known), *Layout(comments).lines(complete)))


def _document(scenario: Scenario) -> JSON:
    """The document in the Scenario's file; empty without a file."""
    if not scenario.file:
        return {}
    first = next(documents(Path(scenario.file).read_text(encoding="utf-8")), None)
    return first.value if isinstance(first, Document) else {}


def _head(known: Known) -> list[str]:
    """Comments for the assumptions that no line of a Scenario can express."""
    written = {f"{item.workload} {item.container.name}": item.guess.text for item in known.inferred}
    rest = [
        one
        for one in known.assumptions
        if one.kind != "known" and not one.subject.startswith("image ") and not one.override.startswith("paths: ")
        if written.get(one.subject) != one.text
    ]
    lines = [f"# - {one}" for one in rest]
    return ["# Also assumed, and not set in this file (`podsim run -v` shows how to override each):", *lines] if lines else []


def _cluster(scenario: Scenario) -> JSON:
    kubelet, network, pulls = scenario.kubelet, scenario.network, scenario.pulls
    critical = {"shutdownGracePeriodCriticalPods": short_duration(kubelet.shutdown_grace_period_critical_pods)}
    hosts = {host.name: {"resolves": host.resolves, "refuses": host.refuses, "delay": short_duration(host.delay)} for host in network.hosts}
    return {
        "nodes": [node_data(node) for node in scenario.nodes],
        "kubelet": {
            "relistPhase": short_duration(kubelet.relist_phase),
            "relistPeriod": short_duration(kubelet.relist_period),
            "serializeImagePulls": kubelet.serialize_image_pulls,
            "maxContainerRestartPeriod": short_duration(kubelet.max_container_restart_period),
            **({"shutdownGracePeriod": short_duration(kubelet.shutdown_grace_period), **critical} if kubelet.shutdown_grace_period else {}),
        },
        "network": {
            "endpointUpdates": short_duration(network.endpoint_updates),
            "proxySync": short_duration(network.proxy_sync),
            **({"proxyMode": network.proxy_mode} if network.proxy_mode != PROXY_MODES[0] else {}),
            **({"hosts": hosts} if hosts else {}),
        },
        "sandbox": write.sandbox(scenario.sandbox),
        "images": {
            "latency": short_duration(pulls.latency),
            "bandwidth": format_rate(pulls.bandwidth),
            "unpack": format_rate(pulls.unpack),
        },
        "storageClass": scenario.storage_class,
        **({"hostPaths": dict(scenario.host_paths)} if scenario.host_paths else {}),
        **({"csiDrivers": list(scenario.csi_drivers)} if scenario.csi_drivers else {}),
        **({"webhooks": {name: _answer(item) for name, item in scenario.webhooks.items()}} if scenario.webhooks else {}),
        **({} if scenario.authorization == typed.RBAC else {"authorization": scenario.authorization}),
        **({} if scenario.event_ttl == Scenario().event_ttl else {"eventTTL": short_duration(scenario.event_ttl)}),
    }


def _answer(item: typed.WebhookSpec) -> JSON:
    return {**({"denies": item.denies} if item.denies else {}), **({"delay": short_duration(item.delay)} if item.delay else {})}


def node_data(node: typed.NodeSpec) -> JSON:
    """A node as an entry of a Scenario."""
    data: JSON = {
        "name": node.name,
        "cpu": node.cpu,
        "memory": node.memory,
        "pods": node.pods,
        "labels": node.labels,
        "taints": [dict(taint) for taint in node.taints],
        "ip": node.ip,
        "podCIDR": node.pod_cidr,
        "containerRuntime": node.runtime,
    }
    usual = typed.NodeSpec()
    for key, field in (
        ("storage", "storage"),
        ("reserved", "reserved"),
        ("osImage", "os_image"),
        ("kernelVersion", "kernel"),
        ("arch", "arch"),
    ):
        if getattr(node, field) != getattr(usual, field):
            data[key] = getattr(node, field)
    if node.relist_phase is not None:
        data["relistPhase"] = short_duration(node.relist_phase)
    return {key: value for key, value in data.items() if value not in ("", {}, [])}


def _images(given: JSON, known: Known, comments: Comments) -> JSON:
    reasons: dict[str, list[str]] = {}
    for one in known.assumptions:
        reasons.setdefault(one.subject, []).append(f"{one.text} ({one.reason})")
    for name in {**known.images, **known.executables}:
        comments["spec", "images", name] = "; ".join(reasons[f"image {name}"])
    images: dict[str, Any] = dict(given.get("images") or {})
    for name in {**known.images, **known.executables}:
        described: JSON = images.get(name) or next((images[glob] for glob in images if glob_matches(name, glob)), {})
        image, commands = known.images.get(name), [*described.get("executables", ()), *known.executables.get(name, ())]
        assumed = {} if image is None else write.image(ImageSpec(image.cached, image.size))
        images[name] = {**described, **assumed, **({"executables": commands} if commands else {})}
    return images


def _programs(given: JSON, known: Known, comments: Comments) -> list[Any]:
    """The given programs, then the assumed ones. The first match wins, and no given program matches an assumed container."""
    programs = list(given.get("programs") or [])
    everywhere = len({item.namespace for item in known.inferred}) > 1
    for item in known.inferred:
        rule = program_data(
            item.workload, item.container.name, item.guess.run, interpret=True, namespace=item.namespace if everywhere else ""
        )
        twins = [other for other in known.inferred if other[:2] == item[:2] and other.container.name == item.container.name]
        if len({other.container.image for other in twins}) > 1:
            rule["match"]["image"] = item.container.image
        if rule not in programs:
            comments["spec", "programs", len(programs)] = f"{item.guess.text} ({item.guess.reason})"
            programs.append(rule)
    return programs


def _paths(given: JSON, known: Known, comments: Comments) -> list[Any]:
    """The given paths, then the assumed ones."""
    paths = list(given.get("paths") or [])
    for rule, reason in known.paths:
        comments["spec", "paths", len(paths)] = f"assumed: {reason}"
        paths.append(rule)
    return paths


def _action(scenario: Scenario, folder: str, action: Any) -> Any:
    """An action, with the paths of its files relative to another folder."""
    return {**action, "apply": _moved(scenario, folder, action["apply"])} if isinstance(action.get("apply"), str) else action


def _moved(scenario: Scenario, folder: str, file: str) -> str:
    return file if file == "-" else _seen_from(folder, moved(file, lambda part: str(Path(scenario.folder, part))))


def _seen_from(folder: str, file: str) -> str:
    """The path of a file in a Scenario of that folder."""
    return moved(file, lambda part: part if part == "-" or Path(part).is_absolute() else relpath(part, folder))
