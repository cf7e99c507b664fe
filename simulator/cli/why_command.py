"""`podsim why`: the chain of causes from what an object is now back to its YAML and its program."""

from __future__ import annotations

import click

from simulator.cli.paint import echo
from simulator.cli.source import SourceOptions, snapshot_from, source_options
from simulator.cli.usage import command


@command(short_help="Trace an object's state back to its YAML and program.")
@click.argument("words", nargs=-1, metavar="[KIND/NAME...]")
@click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Output format: text or json.")
@source_options()
def why(source: SourceOptions, words: tuple[str, ...], output: str) -> None:
    """Trace an object's state back to the line of YAML, Scenario or program that caused it. Without a name, explain all pods that are
    not ready or missing.

    A name can be a prefix or a glob. Places in files are in parentheses.

    \b
    Examples:
      podsim why pod/app-tier --at 20s
      podsim why deployment/web
      podsim why service/data-tier --from run.journal -o json
      podsim why -f app.yaml --at 10s
    """
    from simulator.cli import paint
    from simulator.views.why.because import as_json
    from simulator.views.why.lacking import nothing_unready
    from simulator.views.why.lines import lines
    from simulator.views.why.question import explain, explain_unready, targets

    snapshot = snapshot_from(source)
    given = source.namespace or None
    if words:
        namespace = None if source.all_namespaces else given or snapshot.header.namespace or None
        trees = explain(snapshot, targets(snapshot, words, namespace))
    else:
        trees = explain_unready(snapshot, given)
    if output == "json":
        import msgspec

        echo(msgspec.json.format(msgspec.json.encode([as_json(tree) for tree in trees]), indent=2).decode())
        return
    if not trees:
        echo("\n".join(nothing_unready(snapshot, given)))
    paint.show([line for tree in trees for line in lines(tree, paint.width())])


COMMANDS: list[click.Command] = [why]
