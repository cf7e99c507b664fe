"""What a run is made of: the Scenario, if there is one, and the manifests, wherever they stand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple, TextIO

from simulator.dialect import Dialect
from simulator.errors import Problem, ScenarioError, UsageError
from simulator.manifest.documents import Document, documents
from simulator.manifest.load import Loaded, load
from simulator.scenario.read import is_scenario, read_scenario
from simulator.scenario.spec import Scenario
from simulator.units import parse_time

SCENARIO_FILE = "scenario.yaml"


class Choices(NamedTuple):
    """What the command line or a caller in Python says over the Scenario; None: as the Scenario has it. `duration` in nanoseconds."""

    namespace: str | None = None
    seed: int | None = None
    kubernetes: str | None = None
    duration: int | None = None
    nodes: int | None = None
    start_time: str | None = None
    validate: Literal["strict", "warn", "ignore"] = "strict"
    exact: bool = False


class Inputs(NamedTuple):
    """A run's Scenario and manifests, read and checked."""

    scenario: Scenario
    loaded: Loaded
    paths: tuple[str, ...]
    exact: bool = False


def gather(paths: Sequence[str], choices: Choices = Choices(), stdin: TextIO | None = None) -> Inputs:  # noqa: B008 (a frozen value)
    """Read everything that `paths` name: manifests, directories, `-`, a Scenario or a folder that holds one.

    Raises ManifestError, ScenarioError or UsageError.
    """
    scenario, manifests = Scenario(), list(paths)
    found = [(path, file) for path in paths if (file := scenario_file(path)) is not None]
    if len(found) > 1:
        raise UsageError(f"one Scenario at a time: {', '.join(file for _, file in found)}")
    if found:
        path, file = found[0]
        scenario = read_scenario(file)
        own = [str(Path(scenario.folder, name)) if name != "-" else name for name in scenario.manifests]
        missing = [name for name in own if name != "-" and not Path(name).exists()]
        if missing:
            raise ScenarioError([Problem(file, 0, 0, "spec.manifests", f"no such file: {name}") for name in missing])
        manifests = own + [other for other in paths if other != path]
    scenario = _chosen(scenario, choices)
    if not manifests:
        raise UsageError("nothing to run: name a manifest, a directory, a Scenario, or - for standard input")
    namespace = scenario.namespace or "default"
    loaded = load(manifests, namespace=namespace, validate=choices.validate, stdin=stdin, dialect=Dialect(scenario.kubernetes))
    return Inputs(scenario, loaded, tuple(manifests), choices.exact)


def scenario_file(path: str) -> str | None:
    """The Scenario that a path names: the file itself, or scenario.yaml in the folder; None when it names manifests."""
    if path == "-":
        return None
    place = Path(path)
    if place.is_dir():
        inner = place / SCENARIO_FILE
        return str(inner) if inner.is_file() else None
    if place.suffix not in (".yaml", ".yml", ".json") or not place.is_file():
        return None
    try:
        text = place.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    if "podsim/" not in text:
        return None
    first = next(documents(text), None)
    return path if isinstance(first, Document) and is_scenario(first.value) else None


def _chosen(scenario: Scenario, choices: Choices) -> Scenario:
    changes = {
        name: value
        for name in ("namespace", "seed", "kubernetes", "duration", "start_time")
        if (value := getattr(choices, name)) is not None
    }
    scenario = scenario._replace(**changes)
    if choices.kubernetes is not None:
        Dialect(choices.kubernetes)
    try:
        parse_time(scenario.start_time)
    except ValueError as error:
        raise UsageError(str(error)) from error
    if choices.nodes is not None:
        first = scenario.nodes[0]
        more = tuple(first._replace(name=f"node-{i}", ip="") for i in range(2, choices.nodes + 1))
        scenario = scenario._replace(nodes=(first, *more))
    return scenario
