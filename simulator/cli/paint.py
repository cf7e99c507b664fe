"""Puts lines on standard output: with colour on a terminal, plain anywhere else."""

from __future__ import annotations

import os
import shutil
import sys

import click

from simulator.views.styled import Line, plain

PIPED_WIDTH = 100
NARROWEST, WIDEST = 60, 200


def has_colour() -> bool:
    """Whether to use colour: on a terminal, unless NO_COLOR is set (https://no-color.org)."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (sys.stdout.isatty() and os.environ.get("TERM") != "dumb")


def width() -> int:
    """Columns to draw in: the terminal's, or a fixed number where there is none."""
    if not sys.stdout.isatty():
        return PIPED_WIDTH
    return min(WIDEST, max(NARROWEST, shutil.get_terminal_size().columns))


def show(lines: list[Line]) -> None:
    """Print."""
    if not has_colour():
        click.echo(plain(lines), nl=False)
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(force_terminal=True, width=max(width(), PIPED_WIDTH), highlight=False, soft_wrap=True)
    for line in lines:
        console.print(Text.assemble(*((part.text, part.style) for part in line)))
