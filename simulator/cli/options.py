"""Options that several commands have, each with one wording: what is played, of which release, with which seed, on which nodes."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click

from simulator.limits import limit
from simulator.units import parse_duration

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
MOST_NODES = limit("nodes")


def _nodes(_context: click.Context, _option: click.Parameter, value: str | None) -> int | str | None:
    """A number as a number; anything else is read where presets are known."""
    if value is None or not value.removeprefix("-").isdigit():
        return value
    if not 1 <= int(value) <= MOST_NODES:
        raise click.BadParameter(f"{value} is not in the range 1<=x<={MOST_NODES}.")
    return int(value)


def _duration(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """A duration as it is written, more than nothing."""
    if value is not None:
        try:
            right = parse_duration(value) > 0
        except ValueError:
            right = False
        if not right:
            raise click.BadParameter(f"{value} is not a duration such as 30s or 5m")
    return value


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
    help="Number of nodes, a preset, or both, optionally with resources: 3, 3xeks-m5.large, 4:cpu=16,memory=64Gi. "
    "auto: as large as all pods need.",
)
namespace = click.option(
    "-n", "--namespace", metavar="NAMESPACE", help="Namespace for objects that don't set one. Default: from the Scenario, or 'default'."
)
release = click.option(
    "--kubernetes", metavar="RELEASE", help="Kubernetes release to simulate: 1.32 or 1.31.0. Default: from the Scenario, or the newest."
)
seed = click.option("--seed", type=int, metavar="NUMBER", help="Random seed. Default: from the Scenario, or 0.")
first_seed = click.option("--seed", type=int, metavar="NUMBER", help="First random seed. Default: from the Scenario, or 0.")
workers = click.option("--workers", type=click.IntRange(1), metavar="N", help="Number of worker processes. Default: one per core.")
changes = click.option(
    "--set", "changes", multiple=True, metavar="ADDRESS=VALUE", help="Override a field (syntax as in `podsim sweep`). Repeatable."
)
report_format = click.option(
    "-o",
    "--output",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="Output format: text, json or markdown.",
)
theme = click.option("--theme", type=click.Choice(["light", "dark"]), default="light", show_default=True, help="Background of a picture.")
recursive = click.option("-R", "--recursive", is_flag=True, help="Read directories recursively.")
fail_fast = click.option("--fail-fast", is_flag=True, help="If an object is refused, run nothing: list all problems and exit with 2.")


def _with_kustomizations(command: Callable[..., Any]) -> Callable[..., Any]:
    """A command whose `-k DIR` is the same as the path `kustomize:DIR`."""

    @functools.wraps(command)
    def called(more: tuple[str, ...], kustomize: tuple[str, ...], **given: Any) -> Any:
        return command(more=(*more, *(f"kustomize:{folder}" for folder in kustomize)), **given)

    return called


inputs = together(
    click.argument("paths", nargs=-1, metavar="PATH..."),
    click.option("-f", "--filename", "more", multiple=True, metavar="PATH", help="Same as PATH; beside a chart, also values for it."),
    click.option(
        "-k", "--kustomize", multiple=True, metavar="DIR", help="Directory of a kustomization, which kubectl or kustomize builds."
    ),
    recursive,
    fail_fast,
    _with_kustomizations,
)
"""What is played: arguments as `paths`, options as `more`."""


def applied(given: dict[str, Any]) -> dict[str, Any]:
    """What the options of a command say about `apply` of a Scenario; they are taken from `given`."""
    names = {"tool": "as", "wait": "wait", "wait_for_jobs": "waitForJobs", "atomic": "atomic", "timeout": "timeout"}
    values = {key: given.pop(name) for name, key in names.items()}
    return {key: value for key, value in values.items() if value}


one_run = together(
    namespace,
    seed,
    release,
    click.option(
        "--duration",
        metavar="DURATION",
        help="Simulated time to run. Default: from the Scenario, or until nothing changes any more (2m to 10m).",
    ),
    nodes,
    click.option(
        "--images",
        default="",
        metavar="cached|SIZE",
        help="Treat images that the Scenario does not describe as already on the nodes, or as this large.",
    ),
    click.option("--start-time", metavar="TIME", help="Wall-clock time at the start (RFC 3339)."),
    click.option("--as", "tool", type=click.Choice(["kubectl", "helm", "helm3", "argocd"]), help="Send the manifests as this tool does."),
    click.option("--wait", is_flag=True, help="With --as helm: wait until everything is ready."),
    click.option("--wait-for-jobs", is_flag=True, help="With --as helm and --wait: also until Jobs are complete."),
    click.option("--atomic", is_flag=True, help="With --as helm: wait, and undo a release that fails."),
    click.option("--timeout", callback=_duration, metavar="DURATION", help="With --as helm: how long to wait each time. Default: 5m."),
)
"""What goes before what a Scenario says."""
