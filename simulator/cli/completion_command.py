"""`podsim completion`: commands, options and their values on the Tab key."""

from __future__ import annotations

from pathlib import Path

import click

from simulator.cli.completion.answer import SHELLS
from simulator.cli.usage import command


@command(short_help="Print a shell completion script.")
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print a script for shell completion of commands, options, objects of the last run and files.

    \b
    Examples:
      eval "$(podsim completion bash)"
      podsim completion zsh >> ~/.zshrc
      podsim completion fish | source
    """
    click.echo(Path(__file__).with_name("completion").joinpath(f"podsim.{shell}").read_text("utf-8"), nl=False)


COMMANDS: list[click.Command] = [completion]
