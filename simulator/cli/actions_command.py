"""`podsim actions`: what was typed since the last run, as the `actions` of a Scenario."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.cli.paint import echo
from simulator.cli.usage import command

if TYPE_CHECKING:
    from simulator.scenario.inputs import Inputs
    from simulator.scenario.spec import Action

EMPTY = ("spec", "status", "strategy", "resources")


@command(short_help="Print the commands typed since the last run as Scenario actions.")
@click.option(
    "-o", "--output", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Output format: text (YAML) or json."
)
def actions(output: str) -> int:
    """Print the commands that continued the last run as `actions:` of a Scenario, to save and repeat them.

    \b
    Examples:
      podsim scale deployment/web --replicas=3
      podsim set image deployment/web server=nginx:1.27 --at 2m
      podsim actions
    """
    import json

    from simulator.cli import last_run
    from simulator.cli.kubectl.session import typed
    from simulator.errors import UsageError
    from simulator.scenario.write import flow

    inputs = last_run.recall_inputs()
    if inputs is None:
        raise UsageError("there is no last run: use `podsim run` first, or begin with `podsim create deployment web --image=nginx`")
    lines = [_line(action, inputs) for action in typed(inputs)]
    if output == "json":
        echo(json.dumps(lines, indent=2))
        return 0
    echo("actions:" if lines else "actions: []")
    for line in lines:
        echo(f"- {flow(line)}")
    return 0


def _line(action: Action, inputs: Inputs) -> dict[str, Any]:
    from simulator.units import short_duration

    options = {name: value for name, value in action.options.items() if name != "dryRun"}
    line: dict[str, Any] = {"at": short_duration(action.at), action.verb: action.target, **options}
    if "with" in line and action.verb == "create":
        line["with"] = _terse(line["with"])
    if action.sources and not _is_on_disk(action, inputs):
        line[action.verb] = action.target or "STDIN"
        line["with"] = _objects(action)
    return line


def _terse(value: Any) -> Any:
    """An object that a command line described, without the empty parts that kubectl writes."""
    if isinstance(value, list):
        return [_terse(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: _terse(item) for name, item in value.items() if item != {} or name not in EMPTY}


def _is_on_disk(action: Action, inputs: Inputs) -> bool:
    """Whether one file has what was read then; else the objects themselves are written."""
    if len(action.sources) != 1 or action.sources[0].name == "-":
        return False
    path = Path(action.sources[0].name)
    return action.target == action.sources[0].name and path.is_file() and path.read_text(encoding="utf-8") == action.sources[0].text


def _objects(action: Action) -> list[Any]:
    from simulator.manifest.load import RawObject, raw_objects

    return [part.value for source in action.sources for part in raw_objects(source) if isinstance(part, RawObject)]


COMMANDS: list[click.Command] = [actions]
