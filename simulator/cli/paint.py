"""The one place where podsim's own text reaches the terminal: with colour there, plain anywhere else, and control characters are shown.

kubectl's verbs print what kubectl prints, and exports what was exported: they call click.
"""

from __future__ import annotations

import os
import re
import shutil
import sys

import click

from simulator.views.styled import Line, plain, visible

PIPED_WIDTH = 100
NARROWEST, WIDEST = 60, 200


def echo(text: str = "", *, nl: bool = True, err: bool = False) -> None:
    """Print text that may have parts from manifests, Scenarios and containers."""
    click.echo(harmless(text), nl=nl, err=err)


def harmless(text: str) -> str:
    """Text that neither a terminal nor GitHub's runner takes for a command. The runner reads `::error::` at the start of a line."""
    text = visible(text)
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return text
    return re.sub(r"(?m)^(\s*)::", r"\1: :", text).replace("##[", "# #[")


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
        echo(plain(lines), nl=False)
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(force_terminal=True, width=max(width(), PIPED_WIDTH), highlight=False, soft_wrap=True)
    for line in lines:
        console.print(Text.assemble(*((harmless(part.text), part.style) for part in line)))
