"""`podsim schema`: the JSON Schemas of podsim's own files, for editors."""

from __future__ import annotations

import click

from simulator.cli.usage import command


@command(short_help="Print JSON Schemas of Scenario and Expectations files.")
@click.argument("kind", type=click.Choice(["scenario", "expectations"]), default="scenario", metavar="[scenario|expectations]")
def schema(kind: str) -> None:
    """Print the JSON Schema of Scenario files or of Expectations files (*.podsim.yaml).

    Editors use it to check, explain and complete files: see docs/editors.md.

    \b
    Examples:
      podsim schema > scenario.schema.json
      podsim schema expectations > expectations.schema.json
    """
    from simulator.scenario.header import KINDS
    from simulator.scenario.schema_files import schema_file

    (name,) = (name for name in KINDS if name.lower() == kind)
    click.echo(schema_file(name).read_text("utf-8"), nl=False)


COMMANDS: list[click.Command] = [schema]
