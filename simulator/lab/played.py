"""Files on the bench, played: the run, or what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

import msgspec

from simulator.cluster import Cluster
from simulator.errors import InputError, Problem, UsageError
from simulator.journal.journal import Journal
from simulator.manifest.documents import Document, documents
from simulator.scenario.inputs import SCENARIO_FILE, Choices, gather
from simulator.whole_files import write_whole

Files = Mapping[str, str]


class Played(msgspec.Struct, frozen=True):
    """Files and the run of those that are valid; without a cluster: none of them is. Problems name files as the bench does."""

    files: dict[str, str]
    cluster: Cluster | None = None
    journal: Journal | None = None
    problems: list[Problem] = []
    warnings: list[Problem] = []


def play(files: Files, folder: Path) -> Played:
    """Write the files into a folder, whose other files are removed, and run them."""
    _write(files, folder)
    try:
        inputs = gather(_paths(files, folder), Choices(fail_fast=False))
        cluster = Cluster(inputs)
        journal = cluster.run_to_rest()
    except InputError as error:
        return Played(dict(files), problems=_named(error.problems, folder))
    return Played(dict(files), cluster, journal, _named(inputs.problems, folder), _named(inputs.warnings, folder))


def _paths(files: Files, folder: Path) -> list[str]:
    """What to run: the Scenario, and all manifests if it names none."""
    names = sorted(name for name in files if name.endswith((".yaml", ".yml", ".json")))
    if SCENARIO_FILE in files and _names_manifests(files[SCENARIO_FILE]):
        names = [SCENARIO_FILE]
    return [str(folder / name) for name in names]


def _names_manifests(scenario: str) -> bool:
    first = next(documents(scenario), None)
    spec = first.value.get("spec") if isinstance(first, Document) and isinstance(first.value, dict) else None
    return isinstance(spec, dict) and bool(spec.get("manifests") or spec.get("before"))


def _write(files: Files, folder: Path) -> None:
    for name in files:
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts or not name:
            raise UsageError(f"{name!r} is no name of a file below the Scenario's folder")
    for old in [path for path in folder.rglob("*") if path.is_file()]:
        if old.relative_to(folder).as_posix() not in files:
            old.unlink()
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write_whole(folder / name, text)


def _named(problems: Sequence[Problem], folder: Path) -> list[Problem]:
    return [
        problem._replace(file=problem.file.removeprefix(f"{folder}/"), message=problem.message.replace(f"{folder}/", ""))
        for problem in problems
    ]
