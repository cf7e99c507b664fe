"""The `podsim` command: its subcommands, each loaded on first use, and how errors become messages and exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from simulator.cli.table import KUBECTL, ROWS, SECTIONS
from simulator.cli.usage import BAD_INPUT, SOME_REFUSED, UNCHECKED, Group, Misuse, complain, show
from simulator.errors import InputError, InvariantError, SimulatorError
from simulator.version import __version__

OUR_BUG = 3
INTERRUPTED = 130
COMPLETION = "_PODSIM_COMPLETE"
"""The environment variable by which a completion script asks what may be typed; it has the name of the shell."""
NOT_OFFERED = (
    "api-resources", "api-versions", "attach", "certificate", "cluster-info", "config", "cp", "kustomize",
    "plugin", "port-forward", "proxy", "version",
)  # fmt: skip
"""Commands of kubectl that podsim does not have."""
GROUPS = ("create", "rollout", "set")


class LazyGroup(Group):
    """A group that imports a command when it is called, so that start-up pays for one command only."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return list(ROWS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module that has the command."""
        row = ROWS.get(cmd_name)
        if row is None:
            return None
        if row.home == KUBECTL:
            return _kubectl(cmd_name)
        commands: list[click.Command] = import_module(f"simulator.cli.{row.home}").COMMANDS
        return next((command for command in commands if command.name == cmd_name), None)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table, section by section."""
        width = max(len(name) for name in ROWS)
        for title, rows in SECTIONS.items():
            with formatter.section(title):
                for name, row in rows.items():
                    formatter.write(f"  {name:<{width}}  {row.short}\n")

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a suggestion for a misspelt name. `run NAME --image=IMAGE` is kubectl's, `run PATH` podsim's own."""
        if args and args[0] == "run" and _is_kubectl_run(args[1:]):
            return "run", _kubectl("run"), args[1:]
        if args and args[0] in NOT_OFFERED:
            from simulator.cli.hints import instead_of

            there = instead_of(args) or "a simulated cluster has nothing for it to act on"
            raise Misuse(f"podsim does not support `{args[0]}`: {there}.", ctx)
        if args and args[0] not in ROWS and (flag := _flag_in_front(ctx)):
            # kubectl takes an unknown word for a plug-in and prints no more than this.
            complain(f"Error: flags cannot be placed before plugin name: {flag}")
            ctx.exit(1)
        if args and args[0] not in ROWS:
            from difflib import get_close_matches

            from simulator.cli.hints import instead_of

            near = get_close_matches(args[0], ROWS, n=1)
            hint = f". Did you mean '{near[0]}'?" if near else ". `podsim help` lists them."
            there = instead_of(args)
            raise Misuse(f"No such command '{args[0]}'{f': {there}.' if there else hint}", ctx)
        return super().resolve_command(ctx, args)


def _kubectl(word: str) -> click.Command:
    """The command of kubectl that begins with a word."""
    command: click.Command = import_module("simulator.cli.kubectl.commands").command(word)
    return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "--version", prog_name="podsim", message="%(prog)s %(version)s")
def podsim() -> None:
    """Simulate a Kubernetes cluster, and print what kubectl would print.

    No cluster, no Docker, no network, no waiting. The same seed gives the same output, byte for byte.

    \b
    Examples:
      podsim run app.yaml                     # from apply to ready
      podsim run scenarios/await-redis        # with timings, failures, actions
      podsim get pods --at 40s                # the last run, at 40 s
      podsim why pod/app-tier --at 2m36s
      podsim run app.yaml --save run.journal
      podsim get pods --from run.journal      # a saved run
    """


def _flag_in_front(ctx: click.Context) -> str:
    """The flag before the command, if there is one."""
    return str((ctx.obj or {}).get("flag before command", ""))


def _is_kubectl_run(args: Sequence[str]) -> bool:
    """Whether a pod is to be run: only kubectl's `run` has an image."""
    own = args[: list(args).index("--")] if "--" in args else args
    return any(word == "--image" or word.startswith("--image=") for word in own)


def namespace_last(args: list[str]) -> list[str]:
    """Move `-n NAME` behind the verb: kubectl accepts it in front, too."""
    taken: list[str] = []
    rest = list(args)
    while rest and (rest[0] in ("-n", "--namespace") or rest[0].startswith(("-n=", "--namespace="))):
        taken += rest[: 1 if "=" in rest[0] else 2]
        rest = rest[1 if "=" in rest[0] else 2 :]
    words = 2 if rest[:1] and rest[0] in GROUPS and len(rest) > 1 and not rest[1].startswith("-") else 1
    return [*rest[:words], *taken, *rest[words:]]


def run_command_line(args: Sequence[str] | None = None) -> int:
    """Run a command; errors become a message and an exit code."""
    _open_streams()
    typed = list(sys.argv[1:] if args is None else args)
    if shell := os.environ.get(COMPLETION):
        import_module("simulator.cli.completion.answer").reply(podsim, shell, typed)
        return 0
    given, front = namespace_last(typed), typed[0] if typed[:1] and typed[0].startswith("-") else ""
    notes: dict[str, object] = {"flag before command": front}
    try:
        code = podsim.main(args=given, prog_name="podsim", standalone_mode=False, obj=notes)
        sys.stdout.flush()
        return (code if isinstance(code, int) else 0) or int(SOME_REFUSED in notes)
    except click.ClickException as error:
        show(error)
        return BAD_INPUT
    except InvariantError as error:
        return _report_bug(error, given)
    except SimulatorError as error:
        return _refuse(error)
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output, such as `head`, has closed the pipe.
        _drop_output()
        return 0
    except OSError as error:
        # Code that opens a file reports its name; this is standard output, on a full disk.
        _drop_output()
        complain(f"error: {error.strerror or error}")
        return BAD_INPUT
    except Exception as error:
        return _refuse_journal(str(notes[UNCHECKED]), error) if UNCHECKED in notes else _report_bug(error, given)


def _open_streams() -> None:
    """Streams that the caller has closed read nothing and drop what is written."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 (open for the whole process)


def _drop_output() -> None:
    """Discard buffered output, which would raise again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _refuse(error: SimulatorError) -> int:
    for line in str(error).splitlines():
        complain(f"error: {line}")
    if isinstance(error, InputError) and len(error.problems) > 1:
        complain(f"{len(error.problems)} problems; nothing was run")
    return BAD_INPUT


def _refuse_journal(file: str, error: Exception) -> int:
    """A journal that nothing vouches for, and which cannot be shown."""
    if os.environ.get("PODSIM_TRACEBACK"):
        raise error
    why = (
        f"this journal cannot be shown ({type(error).__name__}: {error}), and without an END line podsim cannot check whether it is damaged"
    )
    complain(f"error: {file}: {why}")
    return BAD_INPUT


def _report_bug(error: Exception, args: list[str]) -> int:
    what = str(error) if isinstance(error, InvariantError) else f"{type(error).__name__}: {error}"
    complain(f"error: {what}")
    import shlex

    complain(f"This is a bug in podsim {__version__}. To reproduce it: podsim {shlex.join(args)}")
    if os.environ.get("PODSIM_TRACEBACK"):
        raise error
    complain("Set PODSIM_TRACEBACK=1 for a traceback.")
    return OUR_BUG
