"""`podsim traffic`: what clients of a Service see while pods come up, roll over, go away or lose their node."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from simulator.cli import options
from simulator.cli.paint import echo, show
from simulator.cli.refusals import note_refusals, report_refused
from simulator.cli.source import SourceOptions, parse_instant, snapshot_from, source_options
from simulator.cli.usage import command
from simulator.errors import UsageError

if TYPE_CHECKING:
    from simulator.journal.snapshot import Snapshot
    from simulator.network.traffic import Traffic
    from simulator.whatif.base import Base

FASTEST = 10_000
USUALLY_AT = "60s"
KINDS = ("rollout", "scale-down", "node-loss")


@command(short_help="Show what clients of a Service get, second by second.")
@click.argument("service", required=False, default="")
@click.option("--rate", type=float, default=10.0, show_default=True, help="Requests per second.")
@click.option("--takes", default="20ms", show_default=True, metavar="DURATION", help="Response time of the Service.")
@click.option("--timeout", default="5s", show_default=True, metavar="DURATION", help="Timeout of a request.")
@click.option("--keep-alive", is_flag=True, help="Keep connections open: a client stays with the pod that it first reached.")
@click.option("--poisson", is_flag=True, help="Send requests at random times, with --rate as their mean.")
@click.option("--begin", default="0s", show_default=True, metavar="DURATION", help="Time of the first request.")
@click.option("--during", type=click.Choice(KINDS), help="What happens to the workload behind the Service.")
@click.option("--event-at", metavar="DURATION", help="When it happens. Default: 60s; with --safe-prestop, when all pods are ready.")
@options.nodes
@options.seed
@options.changes
@click.option("--safe-prestop", "safe", is_flag=True, help="Find the smallest preStop sleep that loses no request.")
@click.option("--runs", type=click.IntRange(min=1), default=20, show_default=True, help="With --safe-prestop: seeds per candidate.")
@click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Output format: text or json.")
@source_options()
def traffic(source: SourceOptions, service: str, output: str, **given: Any) -> None:
    """Send requests to a Service at a steady rate and report which fail.

    The simulated kube-proxy of the client's node routes each request. If the Scenario has `traffic`, those requests are counted;
    otherwise clients on every node call SERVICE (default: each Service of the manifests that has a selector).

    \b
    Examples:
      podsim traffic -f app.yaml                         # during start-up
      podsim traffic web -f app.yaml --during rollout    # while new pods replace old ones
      podsim traffic web -f app.yaml --during node-loss --nodes 3
      podsim traffic web -f app.yaml --during rollout --safe-prestop
      podsim traffic web -f app.yaml --set 'deployment/web.replicas=3'
      podsim traffic -f scenarios/requests-lost -o json  # its Scenario has `traffic`
    """
    from simulator.views.traffic import as_json, as_text, nothing
    from simulator.views.traffic import traffic as read

    name = service.removeprefix("service/").removeprefix("svc/")
    if given["safe"]:
        _safe(source, name, given, output)
        return
    if given["changes"] and not source.paths:
        raise UsageError("--set needs a new run: name manifests with -f")
    snapshot = _called(source, name, given) if source.paths else snapshot_from(source)
    calls = read(snapshot, name, source.namespace or None)
    if output == "json":
        echo(json.dumps(as_json(calls), indent=2))
    elif calls:
        show(as_text(calls))
    else:
        raise UsageError(nothing())


def _called(source: SourceOptions, service: str, given: dict[str, Any]) -> Snapshot:
    """Play the manifests with clients."""
    from simulator.whatif.sweep import assignment
    from simulator.whatif.traffic_runs import run_with_clients

    journal = run_with_clients(
        _base(source, given),
        _clients(service, given),
        given["during"] or "",
        parse_instant(given["event_at"] or USUALLY_AT, "--event-at") or 0,
        [assignment(text) for text in given["changes"]],
    )
    note_refusals(journal)
    return journal.at(source.at)


def _safe(source: SourceOptions, service: str, given: dict[str, Any], output: str) -> None:
    """Search for the smallest preStop sleep."""
    from simulator.advice.prestop import Question, safe_sleep
    from simulator.advice.prestop_text import as_json, as_lines
    from simulator.whatif.sweep import assignment

    if not source.paths:
        raise UsageError("--safe-prestop needs new runs: name manifests with -f")
    base = _base(source, given)
    at = parse_instant(given["event_at"], "--event-at")
    question = Question(service, _clients(service, given), given["during"] or KINDS[0], at, given["runs"])
    result = safe_sleep(base, question, [assignment(text) for text in given["changes"]])
    echo(json.dumps(as_json(result), indent=2) if output == "json" else "\n".join(as_lines(result, question)))


def _base(source: SourceOptions, given: dict[str, Any]) -> Base:
    """The inputs that the options name; refused objects are reported."""
    from simulator.scenario.inputs import Choices
    from simulator.whatif.base import read_base

    choices = Choices(source.namespace or None, given["seed"], nodes=given["nodes"], at_least=source.at)
    base = read_base(source.paths, choices._replace(recursive=source.recursive, fail_fast=source.fail_fast))
    report_refused(base.inputs)
    return base


def _clients(service: str, given: dict[str, Any]) -> Traffic:
    """The clients that the options describe."""
    from simulator.engine.durations import Fixed
    from simulator.network.traffic import Traffic

    if not 0 < given["rate"] <= FASTEST:
        raise UsageError(f"--rate: must be more than 0 and at most {FASTEST} requests per second")
    return Traffic(
        service,
        rate=given["rate"],
        begin=parse_instant(given["begin"], "--begin") or 0,
        takes=Fixed(parse_instant(given["takes"], "--takes") or 0),
        timeout=parse_instant(given["timeout"], "--timeout") or 0,
        keep_alive=given["keep_alive"],
        poisson=given["poisson"],
    )


COMMANDS: list[click.Command] = [traffic]
