"""`podsim graph`: dependencies of workloads."""

from __future__ import annotations

import json
from pathlib import Path

import click

from simulator.cli import options
from simulator.cli.paint import echo
from simulator.cli.source import SourceOptions, run_inputs, snapshot_from, source_options
from simulator.cli.usage import command
from simulator.errors import UsageError

PICTURES = ("png", "svg", "pdf")


@command(short_help="Show dependencies, the critical path and circular waits.")
@click.argument("inputs", nargs=-1, metavar="[PATH...]")
@click.option(
    "-o",
    "--output",
    default="text",
    show_default=True,
    metavar="FORMAT",
    help="Output format: text, mermaid, dot, json; or a FILE.png, .svg or .pdf.",
)
@options.theme
@source_options()
def graph(source: SourceOptions, inputs: tuple[str, ...], output: str, theme: str) -> None:
    """Show dependencies: which init containers and scripts wait for which Services, and which pods are behind these.

    A run of the manifests shows what was waited for, and for how long. The output names the critical path to all-ready, with the
    seconds that each step costs, and workloads that are never ready because they wait for each other.

    \b
    Examples:
      podsim graph app.yaml
      podsim graph scenarios/deadlock
      podsim graph -o mermaid > graph.md
      podsim graph app.yaml -o graph.png --theme dark
    """
    from simulator.cli import paint
    from simulator.views.graph.build import dependencies
    from simulator.views.graph.formats import as_json, dot, mermaid
    from simulator.views.graph.text import lines

    snapshot = run_inputs(inputs, source).at(source.at) if inputs else snapshot_from(source)
    dependency_graph = dependencies(snapshot, source.namespace or None)
    suffix = Path(output).suffix.removeprefix(".")
    if output == "text":
        paint.show(lines(dependency_graph))
    elif output == "json":
        echo(json.dumps(as_json(dependency_graph), indent=2))
    elif output in ("mermaid", "dot"):
        echo({"mermaid": mermaid, "dot": dot}[output](dependency_graph), nl=False)
    elif suffix in PICTURES:
        from simulator.views.graph.picture import save

        try:
            save(dependency_graph, output, theme)
        except OSError as error:
            raise UsageError(f"-o {output}: {error.strerror or error}") from error
        echo(output)
    else:
        raise UsageError(f"-o {output}: must be text, mermaid, dot, json, or a file name ending in .png, .svg or .pdf")


COMMANDS: list[click.Command] = [graph]
