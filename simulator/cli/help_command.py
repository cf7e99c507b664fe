"""`podsim help`: what `-h` behind a command prints."""

from __future__ import annotations

import click

from simulator.cli.usage import command


@command(name="help", short_help="Show help for a command: help create deployment.")
@click.argument("words", nargs=-1, metavar="[COMMAND [COMMAND...]]")
@click.pass_context
def show_help(context: click.Context, words: tuple[str, ...]) -> int | None:
    """Print the help of a command, or of podsim.

    \b
    Examples:
      podsim help
      podsim help sweep
      podsim help rollout undo
      podsim help create service clusterip
    """
    root = context.find_root()
    code: int | None = root.command.main(args=[*words, "--help"], prog_name=root.info_name, standalone_mode=False)
    return code


COMMANDS: list[click.Command] = [show_help]
