"""Options that several commands have, each with one wording: what is played, of which release, with which seed, on which nodes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
MOST_NODES = 1000


def _nodes(_context: click.Context, _option: click.Parameter, value: str | None) -> int | str | None:
    """A number as a number; anything else is read where presets are known."""
    if value is None or not value.removeprefix("-").isdigit():
        return value
    if not 1 <= int(value) <= MOST_NODES:
        raise click.BadParameter(f"{value} is not in the range 1<=x<={MOST_NODES}.")
    return int(value)


def together(*options: Decorator) -> Decorator:
    """Options as one, in the order in which help lists them."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


nodes = click.option(
    "--nodes",
    callback=_nodes,
    metavar="NODES",
    help="Number of nodes, a preset, or both, with amounts if you like: 3, 3xeks-m5.large, 4:cpu=16,memory=64Gi. "
    "auto: large enough for all pods.",
)
namespace = click.option(
    "-n", "--namespace", metavar="NAMESPACE", help="Where objects go that name none. Default: the Scenario's, or 'default'."
)
release = click.option(
    "--kubernetes", metavar="RELEASE", help="The release to imitate: 1.32, or 1.31.0. Default: the Scenario's, or the newest."
)
seed = click.option("--seed", type=int, metavar="NUMBER", help="Another draw of everything random. Default: the Scenario's, or 0.")
first_seed = click.option("--seed", type=int, metavar="NUMBER", help="The first seed. Default: the Scenario's, or 0.")
workers = click.option("--workers", type=click.IntRange(1), metavar="N", help="Processes. Default: one for each processor.")
changes = click.option("--set", "changes", multiple=True, metavar="ADDRESS=VALUE", help="With another value, as `podsim sweep` writes it.")
theme = click.option(
    "--theme", type=click.Choice(["light", "dark"]), default="light", show_default=True, help="On which ground a picture is drawn."
)
recursive = click.option("-R", "--recursive", is_flag=True, help="Read directories with those below them.")
fail_fast = click.option("--fail-fast", is_flag=True, help="Run nothing when an object is refused: list all problems and exit with 2.")
inputs = together(
    click.argument("paths", nargs=-1, metavar="PATH..."),
    click.option("-f", "--filename", "more", multiple=True, metavar="PATH", help="As PATH, for those who are used to kubectl."),
    recursive,
    fail_fast,
)
"""What is played: arguments as `paths`, options as `more`."""
one_run = together(
    namespace,
    seed,
    release,
    click.option(
        "--duration",
        metavar="DURATION",
        help="How long to run. Default: the Scenario's, or until nothing changes any more (2m to 10m).",
    ),
    nodes,
    click.option(
        "--images",
        default="",
        metavar="cached|SIZE",
        help="For images the Scenario does not describe: already on the nodes, or this large.",
    ),
    click.option("--start-time", metavar="TIME", help="The wall clock at the start (RFC 3339)."),
)
"""What goes before what a Scenario says."""
