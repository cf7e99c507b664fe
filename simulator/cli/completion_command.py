"""`podsim completion`: commands, options and their values on the Tab key."""

from __future__ import annotations

import click

from simulator.cli.usage import command


@command(short_help="A script that completes podsim's words on the Tab key.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print a script for bash, zsh or fish.

    \b
    Examples:
      eval "$(podsim completion bash)"
      podsim completion zsh >> ~/.zshrc
      podsim completion fish | source
    """
    from click.shell_completion import get_completion_class

    from simulator.cli.app import podsim

    kind = get_completion_class(shell)
    assert kind is not None, "one of click's own"
    click.echo(kind(podsim, {}, "podsim", "_PODSIM_COMPLETE").source())


COMMANDS: list[click.Command] = [completion]
