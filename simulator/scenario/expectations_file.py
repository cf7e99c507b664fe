"""Expectations in their own file (`kind: Expectations`), which names the Scenario or the manifests that they are about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from simulator.errors import ScenarioError
from simulator.manifest.places import Places
from simulator.scenario.header import EXPECTATIONS, read_header, read_release
from simulator.scenario.read_expect import read_expectations
from simulator.scenario.reader import Reader
from simulator.scenario.spec import Scenario

SPEC_KEYS = ("scenario", "manifests", "kubernetes", "seed", "duration", "namespace", "expect")


def expectations_of(value: Any, path: str, places: Places, read_scenario: Callable[[str], Scenario]) -> Scenario:
    """The Scenario that the document names, with these expectations instead of its own.

    Args:
        value: The document.
        path: Its file.
        places: The lines and columns of its parts.
        read_scenario: Reads the Scenario that the document names, given its file.

    Raises:
        ScenarioError: With everything that is wrong with either.
    """
    reader = Reader(path, places)
    scenario = read_expectations_document(reader, value, path, read_scenario)
    if reader.problems:
        raise ScenarioError(sorted(reader.problems))
    return scenario


def read_expectations_document(reader: Reader, value: Any, path: str, read_scenario: Callable[[str], Scenario]) -> Scenario:
    """The Scenario of such a document; the reader collects its problems."""
    given = read_header(reader, value, EXPECTATIONS)
    metadata = reader.table(given.get("metadata"), "metadata")
    spec = reader.mapping(given.get("spec"), "spec", SPEC_KEYS)
    base = _base(reader, spec, path, read_scenario)
    duration = reader.span(spec["duration"], "spec.duration") if "duration" in spec else base.duration
    expect = read_expectations(reader, spec.get("expect"), "spec.expect", duration)
    if not expect and not reader.problems:
        reader.problem("spec.expect", "no expectations")
    return base._replace(
        name=reader.text(metadata.get("name"), "metadata.name", base.name),
        kubernetes=read_release(reader, spec.get("kubernetes"), base.kubernetes),
        seed=reader.integer(spec.get("seed"), "spec.seed", base.seed),
        namespace=reader.text(spec.get("namespace"), "spec.namespace", base.namespace),
        duration=duration,
        expect=expect,
    )


def _base(reader: Reader, spec: dict[str, Any], path: str, read_scenario: Callable[[str], Scenario]) -> Scenario:
    """The Scenario that the document names, with its own file and folder, or a Scenario of the manifests that it names."""
    folder = Path(path).parent
    manifests = reader.list(spec.get("manifests"), "spec.manifests", reader.text)
    if ("scenario" in spec) == bool(manifests):
        reader.problem("spec", "must name either a scenario or manifests")
        return Scenario()
    if manifests:
        for i, name in enumerate(manifests):
            if not (folder / name).exists():
                reader.problem(f"spec.manifests[{i}]", f"no such file: {name}")
        return Scenario(folder=str(folder), manifests=manifests)
    name = reader.text(spec["scenario"], "spec.scenario")
    place = folder / name
    place = place / "scenario.yaml" if place.is_dir() else place
    if not place.is_file():
        reader.problem("spec.scenario", f"no such file: {name}")
        return Scenario()
    try:
        return read_scenario(str(place))
    except ScenarioError as error:
        reader.problems += error.problems
        return Scenario()
