"""kubectl's commands: get, describe, events, logs, wait. They parse, call a view, and print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from simulator.cli.kubectl_options import KubectlCommand, go_duration, last_typed, show
from simulator.cli.source import SourceOptions, namespace_of, namespaces_of, parse_instant, source_options, view_from

if TYPE_CHECKING:
    from simulator.kubectl.view import Printed

API_RESOURCES = 'Use "kubectl api-resources" for a complete list of supported resources.'
NOTHING_TO_GET = (
    f"You must specify the type of resource to get. {API_RESOURCES}\n\n"
    "error: Required resource not specified.\n"
    'Use "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).\n'
    "See 'kubectl get -h' for help and examples\n"
)
NOTHING_TO_DESCRIBE = f"error: You must specify the type of resource to describe. {API_RESOURCES}\n"
_START = "Of -w and other replays: the instant at which kubectl was started. Default: the beginning."


def _nothing_asked(text: str) -> Printed:
    from simulator.kubectl.view import Printed

    return Printed(err=text, code=1)


@click.command(cls=KubectlCommand, short_help="Objects as tables, YAML, JSON, or whatever you ask for.")
@click.argument("args", nargs=-1, metavar="TYPE[,TYPE...] [NAME...] | TYPE/NAME...")
@click.option("-o", "--output", default="", metavar="FORMAT", help="wide, yaml, json, name, jsonpath=TEMPLATE, custom-columns=SPEC.")
@click.option("-l", "--selector", "labels", default="", metavar="LABELS", help="Only objects with these labels: app=web,tier!=db.")
@click.option("--field-selector", "fields", default="", metavar="FIELDS", help="Only objects with these fields: status.phase=Running.")
@click.option("--sort-by", default="", metavar="PATH", help="Sort by a field: .metadata.creationTimestamp.")
@click.option("--show-labels", is_flag=True, help="A column of all labels.")
@click.option("-L", "--label-columns", multiple=True, metavar="LABEL", help="A column for a label; may be repeated.")
@click.option("--show-kind", is_flag=True, help="Put the kind before names.")
@click.option("--no-headers", is_flag=True, help="No titles.")
@click.option("--show-managed-fields", "managed_fields", is_flag=True, help="Of -o yaml and json: managed fields too.")
@click.option("--ignore-not-found", is_flag=True, help="What does not exist is no error.")
@click.option("-w", "--watch", is_flag=True, help="The list, then a row for each change up to --at.")
@click.option("--watch-only", is_flag=True, help="As -w, without the list.")
@click.option("--output-watch-events", "event_types", is_flag=True, help="Of -w: say ADDED, MODIFIED or DELETED.")
@click.option("--start", metavar="DURATION", help=_START)
@source_options()
def get(source: SourceOptions, args: tuple[str, ...], start: str | None, **given: Any) -> None:
    """Print objects as `kubectl get` would at that instant.

    \b
    Examples:
      podsim get pods -A --at 40s
      podsim get pods -w -f app.yaml
      podsim get deploy,rs,svc -o wide --from run.journal
      podsim get pods -l app=web -o jsonpath='{.items[*].status.podIP}'
    """
    from simulator.kubectl.read.get import GetOptions
    from simulator.kubectl.read.get import get as print_objects

    if not args:
        show(_nothing_asked(NOTHING_TO_GET))
    watching, only, typed = given.pop("watch"), given.pop("watch_only"), given.pop("event_types")
    columns = tuple(label for labels in given.pop("label_columns") for label in labels.split(","))
    view = view_from(source)
    options = GetOptions(namespace=namespaces_of(source, view), label_columns=columns, headers=not given.pop("no_headers"), **given)
    if not (watching or only):
        show(print_objects(list(args), options, view))
    from simulator.kubectl.read.watch import watch

    show(watch(list(args), options, view, parse_instant(start, "--start"), only=only, event_types=typed))


@click.command(cls=KubectlCommand, short_help="All about an object, with its events.")
@click.argument("args", nargs=-1, metavar="TYPE [NAME_PREFIX...] | TYPE/NAME...")
@click.option("-l", "--selector", "labels", default="", metavar="LABELS", help="Only objects with these labels.")
@click.option("--show-events/--hide-events", default=None, help="Events below each object, or not.")
@source_options()
def describe(source: SourceOptions, args: tuple[str, ...], labels: str, show_events: bool | None) -> None:
    """Print objects as `kubectl describe` would at that instant.

    \b
    Examples:
      podsim describe pod web --at 40s
      podsim describe deployment/web service/web
      podsim describe node --from run.journal
    """
    from simulator.kubectl.read.describe import DescribeOptions
    from simulator.kubectl.read.describe import describe as print_descriptions

    if not args:
        show(_nothing_asked(NOTHING_TO_DESCRIBE))
    view = view_from(source)
    options = DescribeOptions(namespace=namespaces_of(source, view), labels=labels, show_events=show_events)
    show(print_descriptions(list(args), options, view))


@click.command(cls=KubectlCommand, short_help="Events, oldest first.")
@click.option("--for", "about", default="", metavar="TYPE/NAME", help="Only events about this object.")
@click.option("--types", multiple=True, metavar="TYPE", help="Only Normal, or only Warning.")
@click.option("-o", "--output", default="", metavar="FORMAT", help="yaml, json, name, jsonpath=TEMPLATE, custom-columns=SPEC.")
@click.option("--no-headers", is_flag=True, help="No titles.")
@click.option("-w", "--watch", is_flag=True, help="Each event as it comes, up to --at.")
@click.option("--start", metavar="DURATION", help=_START)
@source_options()
def events(source: SourceOptions, types: tuple[str, ...], no_headers: bool, watch: bool, start: str | None, **given: Any) -> None:
    """Print events as `kubectl events` would at that instant.

    \b
    Examples:
      podsim events -A
      podsim events --for deployment/web
      podsim events --types Warning -w --at 40s
    """
    from simulator.kubectl.read import events as eventlist

    kinds = tuple(one for given_types in types for one in given_types.split(","))
    view = view_from(source)
    options = eventlist.EventOptions(namespace=namespaces_of(source, view), types=kinds, headers=not no_headers, **given)
    if watch:
        show(eventlist.watch_events(options, view, parse_instant(start, "--start") or 0))
    show(eventlist.events(options, view))


@click.command(cls=KubectlCommand, short_help="What containers printed.")
@click.argument("args", nargs=-1, metavar="POD | TYPE/NAME [CONTAINER]")
@click.option("-c", "--container", default="", metavar="CONTAINER", help="Which container.")
@click.option("-l", "--selector", "labels", default="", metavar="LABELS", help="All pods with these labels.")
@click.option("-p", "--previous", is_flag=True, help="The run before the present one.")
@click.option("-f", "--follow", is_flag=True, help="As they came, up to --at.")
@click.option("--timestamps", is_flag=True, help="When each line was printed.")
@click.option("--all-containers", is_flag=True, help="All containers of the pod, init containers first.")
@click.option("--all-pods", is_flag=True, help="All pods of the workload, each line with its pod.")
@click.option("--prefix", is_flag=True, help="Pod and container before each line.")
@click.option("--since", callback=go_duration, metavar="DURATION", help="Only lines newer than this.")
@click.option("--since-time", default="", metavar="TIME", help="Only lines after this time (RFC 3339).")
@click.option("--tail", type=int, metavar="LINES", help="Only the last lines.")
@click.option("--limit-bytes", type=int, default=0, metavar="BYTES", help="No more than this.")
@click.option("--ignore-errors", is_flag=True, help="Containers that have printed nothing yet stop nothing.")
@click.option("--max-log-requests", type=int, default=5, metavar="N", help="Of -f: how many containers at most. Default: 5.")
@source_options(short_filename=False)
def logs(source: SourceOptions, args: tuple[str, ...], since: str | None, **given: Any) -> None:
    """Print what containers had printed at that instant.

    \b
    Examples:
      podsim logs deploy/web --at 40s
      podsim logs deploy/web -c server --previous
      podsim logs -l app=web --all-containers --prefix --from run.journal
    """
    from simulator.kubectl.read.logs import LogOptions
    from simulator.kubectl.read.logs import logs as print_logs

    view = view_from(source)
    options = LogOptions(namespace=namespace_of(source, view), since=parse_instant(since, "--since"), **given)
    show(print_logs(list(args), options, view))


@click.command(cls=KubectlCommand, short_help="Whether, and when, a condition comes true.")
@click.argument("args", nargs=-1, metavar="TYPE/NAME... | TYPE")
@click.option(
    "--for", "conditions", multiple=True, metavar="CONDITION", help="condition=NAME[=VALUE], delete, create, jsonpath=PATH[=VALUE]."
)
@click.option("-l", "--selector", "labels", default="", metavar="LABELS", help="All objects with these labels.")
@click.option("--field-selector", "fields", default="", metavar="FIELDS", help="All objects with these fields.")
@click.option("--all", "everything", is_flag=True, help="All objects of the type.")
@click.option("--timeout", callback=go_duration, metavar="DURATION", help="How long to wait. Default: up to --at.")
@click.option("-o", "--output", default="", metavar="FORMAT", help="What has got there as yaml, json, name or jsonpath=TEMPLATE.")
@click.option(
    "--start",
    metavar="DURATION",
    help="The instant at which kubectl was started. Default: when there is something to wait for, or the last command was typed.",
)
@source_options()
def wait(source: SourceOptions, args: tuple[str, ...], timeout: str | None, start: str | None, **given: Any) -> None:
    """Wait, in simulated time, as `kubectl wait` would; exit code 1 when it was in vain.

    \b
    Examples:
      podsim wait deployment/web --for=condition=Available --timeout=60s
      podsim wait pods -l app=web --for=condition=Ready
      podsim wait deployment/web --for=jsonpath='{.status.readyReplicas}'=2
    """
    from simulator.kubectl.read.wait import WaitOptions
    from simulator.kubectl.read.wait import wait as wait_for

    view = view_from(source)
    options = WaitOptions(namespace=namespaces_of(source, view), timeout=parse_instant(timeout, "--timeout"), **given)
    begin = last_typed(view) if start is None else parse_instant(start, "--start")
    show(wait_for(list(args), options, view, begin))


COMMANDS: list[click.Command] = [get, describe, events, logs, wait]
