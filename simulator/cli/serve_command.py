"""`podsim serve`: the Kubernetes API over a running simulation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.cli import options
from simulator.cli.paint import echo
from simulator.cli.refusals import note_refusals, report_inputs
from simulator.cli.source import parse_instant
from simulator.cli.usage import Command
from simulator.errors import UsageError

if TYPE_CHECKING:
    from simulator.scenario.inputs import Inputs
    from simulator.serve.server import Settings
    from simulator.serve.session import Moving

FOREVER = 9000
"""Hours: no session ends before."""
COMMAND = "command"


class _Serve(Command):
    """What follows `--` is a command to run, with options of its own."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, without the command."""
        own, mark, command = args, False, list[str]()
        if "--" in args:
            at = args.index("--")
            own, mark, command = args[:at], True, args[at + 1 :]
        if mark and not command:
            raise UsageError("nothing follows --: name a command, such as `podsim serve app.yaml -- kubectl get pods`")
        ctx.meta[COMMAND] = command
        return super().parse_args(ctx, own)


@click.command(cls=_Serve, short_help="Serve the Kubernetes API over a simulation.")
@options.inputs
@click.option("--clock", default="real", show_default=True, metavar="CLOCK", help="How time advances: real, real:60, auto or manual.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port; 0: any free one.")
@click.option("--listen", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Address of this computer to listen on.")
@click.option("--kubeconfig", metavar="FILE", help="Where to write the kubeconfig file. Default: in podsim's state directory.")
@click.option("--from", "journal", metavar="JOURNAL", help="Serve a saved journal, read-only; '-' for standard input.")
@click.option("--at", metavar="DURATION", help="With --from: the time to begin at. Default: the end. Else: simulate until then first.")
@click.option("--keep", metavar="DURATION", help="Drop history that is older than this, for long sessions. Default: keep everything.")
@options.namespace
@options.seed
@options.release
@options.nodes
@click.pass_context
def serve(ctx: click.Context, /, **given: Any) -> int:
    """Serve the Kubernetes API over a simulation: kubectl, helm, k9s and client libraries work against it.

    PATH is a manifest, a directory of manifests, '-' for standard input, a Scenario, or a folder with a scenario.yaml; without it the
    cluster is empty. podsim prints the kubeconfig file to use. With `-- COMMAND`, run a command against the cluster and exit with its
    exit code. The session becomes the last run, so `podsim get`, `why` and `actions` can look back at it.

    \b
    Examples:
      podsim serve app.yaml
      podsim serve app.yaml --clock auto -- kubectl rollout status deployment/web
      podsim serve --clock manual              # podsim clock step 10s
      podsim serve --from run.journal --at 40s
    """
    import asyncio

    from simulator.serve.clock import parse_pace
    from simulator.serve.server import Server, Settings

    command: list[str] = ctx.meta[COMMAND]
    pace = parse_pace(given["clock"])
    file = Path(given["kubeconfig"]) if given["kubeconfig"] else _default_file()
    if given["journal"]:
        return asyncio.run(
            _serve_recorded(given, Settings(pace=pace, listen=given["listen"], port=given["port"], kubeconfig=file), command)
        )
    inputs = _gathered(given)
    settings = Settings(
        pace=pace, listen=given["listen"], port=given["port"], kubeconfig=file, namespace=inputs.scenario.namespace or "default"
    )

    async def run() -> int:
        from simulator.cluster import Cluster
        from simulator.serve.session import Session

        cluster = Cluster(inputs)
        cluster.begin()
        session = Session(cluster, settles=pace.mode != "real")
        session.keep = parse_instant(given["keep"], "--keep")
        await session.advance(parse_instant(given["at"], "--at") or 0)
        note_refusals(cluster.journal)
        try:
            return await _serve(Server(session, settings), command)
        finally:
            _remember(session, inputs)

    return asyncio.run(run())


async def _serve_recorded(given: dict[str, Any], settings: Settings, command: list[str]) -> int:
    from simulator.cli.source import SourceOptions, journal_from
    from simulator.serve.recorded import Recorded
    from simulator.serve.server import Server

    if given["paths"] or given["more"]:
        raise UsageError("--from and manifests are mutually exclusive: a saved journal is not run again")
    at = parse_instant(given["at"], "--at")
    journal = journal_from(SourceOptions(given["journal"], at))
    world: Moving = Recorded(journal, journal.end if at is None else at)
    return await _serve(Server(world, settings), command)


async def _serve(server: Any, command: list[str]) -> int:
    if command:
        code: int = await server.run_command(command)
        return code
    echo(f"{server.address} (Ctrl+C stops)", err=True)
    echo(f"export KUBECONFIG={server.settings.kubeconfig}")
    await server.run()
    return 0


def _gathered(given: dict[str, Any]) -> Inputs:
    from simulator.manifest.load import Loaded
    from simulator.scenario.inputs import Choices, Inputs, gather
    from simulator.scenario.spec import Scenario
    from simulator.units import HOUR

    names = ("namespace", "seed", "kubernetes", "nodes", "recursive", "fail_fast")
    choices = Choices(**{name: given[name] for name in names}, only_namespace=given["namespace"] is not None)
    paths = [*given["paths"], *given["more"]]
    if paths:
        inputs = gather(paths, choices)
        report_inputs(inputs, stored=True)
    else:
        from simulator.scenario.inputs import under

        inputs = under(Inputs(Scenario(), Loaded(), Loaded(), (), 0, False), Scenario(), choices)
    return inputs._replace(horizon=FOREVER * HOUR)


def _remember(session: Any, inputs: Inputs) -> None:
    """Make the session the last run."""
    from simulator.cli import last_run

    session.cluster.play(session.now)
    scenario = inputs.scenario
    actions = sorted((*scenario.actions, *session.actions), key=lambda action: action.at)
    last_run.remember(session.journal, inputs._replace(scenario=scenario._replace(actions=tuple(actions)), horizon=session.now))


def _default_file() -> Path:
    from simulator.cli.last_run import state_folder

    return state_folder() / "serve" / "kubeconfig"


COMMANDS: list[click.Command] = [serve]
