"""`podsim completion`: commands, options and their values on the Tab key."""

from __future__ import annotations

from pathlib import Path

import click

from simulator.cli.completion.answer import SHELLS
from simulator.cli.usage import command


@command(short_help="A script that completes podsim's words on the Tab key.")
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print a script that completes commands, options, objects of the last run and files on the Tab key.

    \b
    Examples:
      eval "$(podsim completion bash)"
      podsim completion zsh >> ~/.zshrc
      podsim completion fish | source
    """
    click.echo(Path(__file__).with_name("completion").joinpath(f"podsim.{shell}").read_text("utf-8"), nl=False)


COMMANDS: list[click.Command] = [completion]
