"""`podsim schema`: the JSON Schemas of podsim's own files, for editors."""

from __future__ import annotations

import click

from simulator.cli.usage import command


@command(short_help="Print JSON Schemas of Scenario, Expectations and lesson files.")
@click.argument(
    "kind", type=click.Choice(["scenario", "expectations", "lesson"]), default="scenario", metavar="[scenario|expectations|lesson]"
)
def schema(kind: str) -> None:
    """Print the JSON Schema of Scenario files, of Expectations files (*.podsim.yaml) or of lessons (lesson.yaml).

    Editors use it to check, explain and complete files: see docs/editors.md.

    \b
    Examples:
      podsim schema > scenario.schema.json
      podsim schema expectations > expectations.schema.json
      podsim schema lesson > lesson.schema.json
    """
    from simulator.scenario.schema_files import schema_file

    click.echo(schema_file(kind).read_text("utf-8"), nl=False)


COMMANDS: list[click.Command] = [schema]
