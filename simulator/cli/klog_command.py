"""`podsim klog`: the kubelets' own logs. `podsim versions`: what differs from release to release."""

from __future__ import annotations

import json

import click

from simulator.cli.paint import echo
from simulator.cli.source import SourceOptions, snapshot_from, source_options
from simulator.cli.usage import command
from simulator.errors import UsageError


@command(short_help="Print the kubelets' own logs, in klog's format.")
@click.option("--pod", default="", metavar="NAME", help="Show only lines about pods with this name (a glob).")
@click.option("--node", default="", metavar="NAME", help="Show only the kubelet of this node.")
@source_options()
def klog(source: SourceOptions, pod: str, node: str) -> None:
    """Print what the kubelets logged up to that time.

    \b
    Examples:
      podsim klog --pod 'web-*' --at 40s
      podsim klog --node node-2 --from run.journal
    """
    from simulator.views.klog import klog as lines

    for line in lines(snapshot_from(source), namespace=source.namespace, pod=pod, node=node):
        echo(line)


@command(short_help="List behaviour changes between Kubernetes releases.")
@click.argument("old", required=False, metavar="[OLD")
@click.argument("new", required=False, metavar="[NEW]]")
@click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Output format: text or json.")
def versions(old: str | None, new: str | None, output: str) -> None:
    """List changes of messages and behaviour by release, or the differences between two releases.

    \b
    Examples:
      podsim versions
      podsim versions 1.30 1.36
      podsim versions 1.31.5 1.31.6 -o json
    """
    from simulator.views.versions import as_json, as_text, changes

    try:
        differences = changes(old, new)
    except ValueError as error:
        raise UsageError(str(error)) from error
    if output == "json":
        echo(json.dumps(as_json(differences), indent=2, ensure_ascii=False))
        return
    for line in as_text(differences):
        echo(line)


COMMANDS: list[click.Command] = [klog, versions]
