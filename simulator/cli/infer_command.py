"""`podsim infer`: a Scenario from the pods and events of a real cluster."""

from __future__ import annotations

import click

from simulator.cli import options
from simulator.cli.usage import command
from simulator.errors import ManifestError, Problem, UsageError


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
    from simulator.cli.cluster_objects import objects_of
    from simulator.cli.explain_command import write_scenario

    if not sources:
        raise UsageError("name the output of `kubectl get pods,events -o json`: podsim infer --from events.json")
    observed = observation([item for source in sources for item in objects_of(source)])
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


COMMANDS: list[click.Command] = [infer]
