"""The sliders of the bench: what of manifests and Scenario they show, and what they write. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
import yaml

from simulator.cluster import Cluster
from simulator.dialect import DEFAULT, SUPPORTED
from simulator.lab.played import Played
from simulator.lab.yaml_edit import Path, items, node_at, put, roots, text_at
from simulator.manifest.documents import Document, documents
from simulator.objects.base import JSON
from simulator.objects.globs import glob_matches
from simulator.objects.pod import Pod
from simulator.scenario.inputs import SCENARIO_FILE
from simulator.units import SECOND, parse_duration

POD_SPECS: dict[str, Path] = {
    "Pod": ("spec",),
    "Deployment": ("spec", "template", "spec"),
    "ReplicaSet": ("spec", "template", "spec"),
    "StatefulSet": ("spec", "template", "spec"),
    "DaemonSet": ("spec", "template", "spec"),
    "Job": ("spec", "template", "spec"),
    "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
}
REPLICATED = ("Deployment", "ReplicaSet", "StatefulSet")
CONTAINERS = ("initContainers", "containers")
PROBES = {"startupProbe": "startup probe", "livenessProbe": "liveness probe", "readinessProbe": "readiness probe"}
TIMINGS: dict[str, tuple[str, int, int, int]] = {
    "initialDelaySeconds": ("first after", 0, 0, 120),
    "periodSeconds": ("every", 10, 1, 60),
    "timeoutSeconds": ("timeout", 1, 1, 30),
    "failureThreshold": ("failures", 3, 1, 30),
}
"""A probe's field -> its label, default, minimum and maximum."""
NEW_SCENARIO = "apiVersion: podsim/v1\nkind: Scenario\nspec: {}\n"


class Target(NamedTuple):
    """A value in a file, and how the control's value is written there.

    Forms: `text` as it is, `int` a number, `duration` a time, `never` a time that 0 removes, `cached` whether it is 0,
    `failure` exit code 1 unless it is 0.
    """

    file: str
    document: int
    path: Path
    form: str


class Control(msgspec.Struct, frozen=True):
    """A slider or a choice: its value in seconds or as a count; None: not set.

    `entry` is written first: a program that was assumed until now.
    """

    id: str
    group: str
    label: str
    kind: str
    value: float | str | None
    low: float = 0
    high: float = 0
    choices: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()
    entry: tuple[Target, JSON] | None = None

    def shown(self) -> JSON:
        """What the page needs of it."""
        return {name: getattr(self, name) for name in ("id", "group", "label", "kind", "value", "low", "high", "choices")}


class Program(NamedTuple):
    """A container's entry in the programs of the complete Scenario, and what the container then did."""

    group: str
    place: int
    entry: JSON
    plan: JSON
    init: bool


def controls(played: Played) -> list[Control]:
    """All controls of a run; those of the manifests also when nothing could run."""
    return [*_of_the_cluster(played), *_of_manifests(played), *_of_programs(played)]


def turned(played: Played, control: Control, value: float | str | None) -> dict[str, str]:
    """The files with a control's value changed."""
    files = dict(played.files)
    if control.entry is not None:
        target, entry = control.entry
        files[target.file] = put(files.get(target.file) or NEW_SCENARIO, target.document, target.path, entry)
    for target in control.targets:
        files[target.file] = put(files.get(target.file) or NEW_SCENARIO, target.document, target.path, _written(target.form, value))
    return files


def _written(form: str, value: float | str | None) -> Any:
    if value is None or form == "text":
        return value
    number = float(value)
    if form == "cached":
        return number == 0
    if number == 0 and form in ("never", "failure"):
        return None
    if form == "failure":
        return 1
    return int(number) if form == "int" else f"{round(number, 3):g}s"


def _in_scenario(*path: str | int, form: str = "duration") -> Target:
    return Target(SCENARIO_FILE, 0, path, form)


def _scenario(played: Played) -> yaml.Node | None:
    return next(iter(roots(played.files.get(SCENARIO_FILE, ""))), None)


def _of_the_cluster(played: Played) -> Iterator[Control]:
    now = text_at(_scenario(played), ("spec", "kubernetes")) or DEFAULT
    release = next((one for one in SUPPORTED if now == one or now.startswith(f"{one}.")), now)
    yield Control(
        "release", "Cluster", "Kubernetes", "choice", release, choices=SUPPORTED, targets=(_in_scenario("spec", "kubernetes", form="text"),)
    )
    seed = text_at(_scenario(played), ("spec", "seed"))
    yield Control("seed", "Cluster", "seed", "count", _number(seed) or 0, 0, 50, targets=(_in_scenario("spec", "seed", form="int"),))


def _of_manifests(played: Played) -> Iterator[Control]:
    for file, text in played.files.items():
        if file == SCENARIO_FILE or not file.endswith((".yaml", ".yml")):
            continue
        for index, root in enumerate(roots(text)):
            kind, name = text_at(root, ("kind",)) or "", text_at(root, ("metadata", "name")) or ""
            if kind not in POD_SPECS:
                continue
            group = f"{kind.lower()}/{name}"
            if kind in REPLICATED:
                replicas = Target(file, index, ("spec", "replicas"), "int")
                value = _number(text_at(root, replicas.path))
                yield Control(
                    f"{group} replicas",
                    group,
                    "replicas",
                    "count",
                    1 if value is None else value,
                    0,
                    max(10, value or 0),
                    targets=(replicas,),
                )
            for listed in CONTAINERS:
                for place, container in enumerate(items(root, (*POD_SPECS[kind], listed))):
                    at = (*POD_SPECS[kind], listed, place)
                    yield from _of_probes(root, Target(file, index, at, "int"), f"{group} {text_at(container, ('name',))}")


def _of_probes(root: yaml.Node | None, container: Target, group: str) -> Iterator[Control]:
    for probe, name in PROBES.items():
        if node_at(root, (*container.path, probe)) is None:
            continue
        for field, (label, default, low, high) in TIMINGS.items():
            target = container._replace(path=(*container.path, probe, field))
            value = _number(text_at(root, target.path))
            unit = "count" if field == "failureThreshold" else "seconds"
            shown = default if value is None else value
            yield Control(f"{group} {probe}.{field}", group, f"{name}: {label}", unit, shown, low, max(high, shown), targets=(target,))


def _of_programs(played: Played) -> Iterator[Control]:
    """Start-up time and end of each container that ran, and the pulls of the images."""
    if played.cluster is None or played.journal is None:
        return
    complete = _complete(played.cluster)
    scenario = next(iter(roots(played.files.get(SCENARIO_FILE, ""))), None)
    given = [item.start_mark.line for item in items(scenario, ("spec", "programs"))]
    seen: dict[str, set[int]] = {}
    for fact in played.journal.at().facts("container.program"):
        pod = next((write.item for write in played.journal.at().writes(fact.about) if isinstance(write.item, Pod)), None)
        workload, container = played.cluster.programs.workload_of(pod) if pod else "", str(fact.data["container"])
        group = f"{workload} {container}"
        if pod is None or fact.data["origin"].get("kind") == "command":
            continue
        index = _program(complete, fact.data["origin"], given, workload, container)
        indexes = seen.setdefault(group, set())
        if index is None or index in indexes:
            continue
        indexes.add(index)
        init = {one.name: one.image for one in pod.spec.init_containers}
        images = init | {one.name: one.image for one in pod.spec.containers}
        if len(indexes) > 1:
            group = f"{group} ({images[container]})"
        yield from _of_program(Program(group, index, complete["programs"][index], fact.data["plan"], container in init), len(given))
    yield from _of_images(played, complete.get("images") or {})


def _complete(cluster: Cluster) -> JSON:
    """The spec of the complete Scenario of a run: the given programs, then those that were assumed."""
    document = next(documents(cluster.explain()))
    assert isinstance(document, Document)
    spec: JSON = document.value["spec"]
    return spec


def _program(complete: JSON, origin: JSON, given: list[int], workload: str, container: str) -> int | None:
    """The index of a container's entry in the programs of the complete Scenario; `given`: the lines (from 0) of those in the file."""
    if origin.get("kind") == "scenario":
        before = [i for i, line in enumerate(given) if line < int(origin.get("line", 0))]
        return before[-1] if before else None
    match = {"workload": workload, "container": container}
    return next((i for i, item in enumerate(complete.get("programs") or ()) if match.items() <= (item.get("match") or {}).items()), None)


def _of_program(program: Program, given: int) -> Iterator[Control]:
    runs = program.entry.get("runs") or ()
    if not runs:
        return
    entry, at = None, ("spec", "programs", program.place, "runs", 0)
    if program.place >= given:
        # An assumption becomes an entry of the Scenario, behind those that are there.
        at = ("spec", "programs", given, "runs", 0)
        entry = (_in_scenario("spec", "programs", given), program.entry)
    group = program.group
    for i, listen in enumerate(program.plan.get("listen", ())):
        if i < len(runs[0].get("listen", ())) and _is_time(runs[0]["listen"][i].get("from")):
            value = float(listen.get("from") or 0)
            target = _in_scenario(*at, "listen", i, "from")
            label = f"listens on {listen['port']} after"
            yield Control(f"{group} listen {i}", group, label, "seconds", value, 0, max(120.0, value), targets=(target,), entry=entry)
    if not _is_time(runs[0].get("exitAfter")):
        return
    after, code = program.plan.get("exitAfter"), _in_scenario(*at, "exitCode", form="int")
    end = _in_scenario(*at, "exitAfter")
    status = program.plan.get("exitCode", 0)
    if program.init or (after is not None and status == 0):
        yield Control(f"{group} exitAfter", group, "runs for", "seconds", after, 0, max(120.0, after or 0), targets=(end,), entry=entry)
    else:
        ends = (end._replace(form="never"), *(() if after is not None else (code._replace(form="failure"),)))
        yield Control(f"{group} crash", group, "crashes after", "never", after or 0, 0, max(120.0, after or 0), targets=ends, entry=entry)
    if after is not None:
        yield Control(f"{group} exitCode", group, "exit code", "count", status, 0, 255, targets=(code,), entry=entry)


def _of_images(played: Played, images: JSON) -> Iterator[Control]:
    assert played.journal is not None
    pods = [write.item for write in played.journal.at().writes() if isinstance(write.item, Pod)]
    for name in dict.fromkeys(container.image for pod in pods for container in (*pod.spec.init_containers, *pod.spec.containers)):
        described: JSON = images.get(name) or next((images[glob] for glob in images if glob_matches(name, glob)), {})
        pull = described.get("pull")
        if _is_time(pull):
            value = _seconds(pull) if pull is not None else 0.0 if described.get("cached") else None
            targets = (_in_scenario("spec", "images", name, "pull"), _in_scenario("spec", "images", name, "cached", form="cached"))
            yield Control(f"image {name}", "Image pulls", name, "seconds", value, 0, max(60.0, value or 0), targets=targets)


def _is_time(value: Any) -> bool:
    """Whether a value is one time and no distribution, or is not set."""
    return not isinstance(value, dict)


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() else None


def _seconds(value: Any) -> float | None:
    try:
        return parse_duration(value) / SECOND
    except ValueError:
        return None
