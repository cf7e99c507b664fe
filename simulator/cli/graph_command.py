"""`podsim graph`: who waits for whom."""

from __future__ import annotations

import json
from pathlib import Path

import click

from simulator.cli import options
from simulator.cli.source import SourceOptions, run_inputs, snapshot_from, source_options
from simulator.cli.usage import command
from simulator.errors import UsageError

PICTURES = ("png", "svg", "pdf")


@command(short_help="Who waits for whom, the critical path to ready, circles.")
@click.argument("inputs", nargs=-1, metavar="[PATH...]")
@click.option(
    "-o",
    "--output",
    default="text",
    show_default=True,
    metavar="FORMAT",
    help="text, mermaid, dot, json; FILE.png, .svg or .pdf.",
)
@options.theme
@source_options()
def graph(source: SourceOptions, inputs: tuple[str, ...], output: str, theme: str) -> None:
    """Show who waits for whom: init containers and scripts that ask for Services, and who is behind these.

    What was waited for, and for how long, comes from playing the manifests. Named are the critical path to everything ready, with the
    seconds that each step costs, and whoever is never ready because each waits for the next.

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
        click.echo(json.dumps(as_json(dependency_graph), indent=2))
    elif output in ("mermaid", "dot"):
        click.echo({"mermaid": mermaid, "dot": dot}[output](dependency_graph), nl=False)
    elif suffix in PICTURES:
        from simulator.views.graph.picture import save

        try:
            save(dependency_graph, output, theme)
        except OSError as error:
            raise UsageError(f"-o {output}: {error.strerror or error}") from error
        click.echo(output)
    else:
        raise UsageError(f"-o {output}: must be text, mermaid, dot, json, or a file that ends with .png, .svg or .pdf")


COMMANDS: list[click.Command] = [graph]
