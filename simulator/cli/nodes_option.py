"""`--nodes`: how many nodes, of which make."""

from __future__ import annotations

import click

MOST = 1000
HELP = "So many nodes like the first one, or of a preset: 3, kind, 3xeks-m5.large."


def _read(_context: click.Context, _option: click.Parameter, value: str | None) -> int | str | None:
    """A number as a number; anything else is looked at where presets are known."""
    if value is None or not value.removeprefix("-").isdigit():
        return value
    if not 1 <= int(value) <= MOST:
        raise click.BadParameter(f"{value} is not in the range 1<=x<={MOST}.")
    return int(value)


nodes_option = click.option("--nodes", callback=_read, metavar="N", help=HELP)
