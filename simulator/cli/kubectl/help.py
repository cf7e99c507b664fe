"""The help of kubectl's verbs: click's for those that look back at a run, kubectl's usage lines for those that change it."""

from __future__ import annotations

import click

from simulator.cli.kubectl.flags import flags_of
from simulator.golang.pflag import Flag
from simulator.kubectl.verb import PROGRAM, Reading, Verb

SILENT = ("Accepted, but has no effect.", "Not supported.", "")


def help_of(verb: Verb) -> str:
    """What -h prints."""
    if isinstance(verb.does, Reading):
        return _of_reading(verb, verb.does)
    formatter = click.HelpFormatter(max_width=100)
    formatter.write_usage("podsim", f"{' '.join(verb.path[:-1])} {verb.use}".strip())
    formatter.write_paragraph()
    with formatter.indentation():
        formatter.write_text(verb.short)
        formatter.write_paragraph()
        formatter.write_text(
            f"Prints what {PROGRAM} prints and continues the last run: the command is run at its end, or at --at, and the simulation "
            "continues for --for. Without a last run, it starts from an empty cluster."
        )
    if verb.examples:
        with formatter.section("Examples"):
            for example in verb.examples:
                formatter.write(f"  podsim {example}\n")
    with formatter.section("Options"):
        formatter.write_dl([(_shown(flag), flag.help) for flag in flags_of(verb) if flag.help not in SILENT])
    return formatter.getvalue()


def _shown(flag: Flag) -> str:
    head = f"-{flag.short}, --{flag.name}" if flag.short else f"--{flag.name}"
    return head if flag.kind == "bool" else f"{head} {flag.metavar or flag.kind.upper()}"


def _of_reading(verb: Verb, reading: Reading) -> str:
    examples = "".join(f"  podsim {example}\n" for example in verb.examples)
    text = f"{reading.about}\n\n\b\nExamples:\n{examples}"
    command = click.Command(verb.path[-1], params=parameters(verb), help=text)
    context = click.Context(command, info_name=f"podsim {verb.name}", help_option_names=["-h", "--help"], max_content_width=100)
    return f"{command.get_help(context)}\n"


def parameters(verb: Verb) -> list[click.Parameter]:
    """A verb's arguments and flags as click has them, which prints and completes them."""
    flags = flags_of(verb)
    negated = {flag.negates: flag for flag in flags if flag.negates}
    arguments = [click.Argument(["args"], nargs=-1, metavar=verb.use)] if verb.use else []
    return [*arguments, *(_option(flag, negated.get(flag.name)) for flag in flags if not flag.negates)]


def _option(flag: Flag, negated: Flag | None) -> click.Option:
    off = ("", "") if negated is None else (f"/-{negated.short}" if negated.short else "", f"/--{negated.name}")
    short = [f"-{flag.short}{off[0]}"] if flag.short else []
    return click.Option(
        [*short, f"--{flag.name}{off[1]}"], is_flag=flag.kind == "bool", metavar=flag.metavar or None, help=flag.help, default=None
    )
