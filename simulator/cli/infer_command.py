"""`podsim infer`: a Scenario from the pods and events of a real cluster."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.cli import options
from simulator.cli.usage import command
from simulator.errors import ManifestError, Problem, UsageError

if TYPE_CHECKING:
    from simulator.objects.kinds import Object


@command(short_help="Write a Scenario from the pods and events of a real cluster.")
@click.option(
    "--from", "sources", multiple=True, metavar="FILE", help="Output of kubectl get -o json or yaml; '-': standard input. Repeatable."
)
@click.option("-f", "--filename", "manifests", multiple=True, metavar="PATH", help="Manifests that the Scenario is for. Repeatable.")
@options.recursive
@click.option("--save", metavar="FILE", help="File to write. Default: standard output.")
def infer(sources: tuple[str, ...], manifests: tuple[str, ...], save: str | None, *, recursive: bool) -> None:
    """Write a Scenario from kubectl's output for a real cluster: pulls, sandboxes, start and run times, exit codes, restarts.

    Each line has a comment that names its evidence. Pods and events are required; nodes, replicasets and jobs improve the result.

    \b
    Examples:
      kubectl get pods,events -o json | podsim infer --from - -f app.yaml > s.yaml
      podsim infer --from events.json -f app.yaml --save s.yaml; podsim run s.yaml
      podsim infer --from pods.json --from events.json --from nodes.json
    """
    from simulator.calibrate.infer import infer_scenario, observation
    from simulator.cli.explain_command import write_scenario

    if not sources:
        raise UsageError("name the output of `kubectl get pods,events -o json`: podsim infer --from events.json")
    observed = observation([item for source in sources for item in _objects(source)])
    if not observed.pods:
        raise UsageError(f"no pods in {', '.join(sources)}: --from needs the output of `kubectl get pods,events -o json`")
    write_scenario(infer_scenario(observed, _files(manifests) if recursive else manifests), save)


def _files(paths: tuple[str, ...]) -> list[str]:
    """The files of directories and of those below them. Raises ManifestError for a path that cannot be read."""
    from simulator.manifest.files import sources

    items = list(sources(paths, recursive=True))
    problems = [one for one in items if isinstance(one, Problem)]
    if problems:
        raise ManifestError(problems)
    return [one.name for one in items if not isinstance(one, Problem)]


def _objects(file: str) -> list[Object]:
    """The objects of a file, those of lists one by one. Raises ManifestError when they cannot be read."""
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        from simulator.manifest.files import file_error

        raise ManifestError([Problem(file, 0, 0, "", file_error(error))]) from error
    return [_object(item, file) for value in _values(text, file) for item in _opened(value)]


def _object(value: Any, file: str) -> Object:
    """One object, as its type reads it. Raises ManifestError."""
    import msgspec

    from simulator.manifest.decode import fit
    from simulator.manifest.refusals import not_an_object, unreadable
    from simulator.objects.kinds import from_builtins

    problem = not_an_object(value)
    if not problem:
        decoded = fit(value)
        problem = decoded.refusal
    if not problem:
        try:
            return from_builtins(decoded.value)
        except msgspec.ValidationError:
            problem = unreadable(value)
    raise ManifestError([Problem(file, 0, 0, "", problem)])


def _values(text: str, file: str) -> list[Any]:
    """The documents of a text. Raises ManifestError."""
    import msgspec

    from simulator.manifest.documents import Document, documents

    try:
        return [msgspec.json.decode(text)]
    except (msgspec.DecodeError, RecursionError):
        parsed = list(documents(text))
    broken = [one for one in parsed if not isinstance(one, Document)]
    if broken:
        raise ManifestError([Problem(file, one.line, one.column, "", one.message) for one in broken])
    return [one.value for one in parsed if isinstance(one, Document)]


def _opened(value: Any) -> list[Any]:
    """The items of a list, with the kind that lists of the API server (a PodList) name only once."""
    if not isinstance(value, dict):
        return []
    kind = str(value.get("kind", ""))
    if not kind.endswith("List"):
        return [value]
    same = {"apiVersion": value.get("apiVersion"), "kind": kind.removesuffix("List")}
    return [{**same, **item} for item in value.get("items") or [] if isinstance(item, dict)]


COMMANDS: list[click.Command] = [infer]
