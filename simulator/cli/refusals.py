"""What a command prints about its inputs, and the exit code of one that went on without the objects that were refused.

The policy is kubectl's, for every command: valid objects are run, each refused one is reported with its place, and the command exits
with 1. With `--fail-fast` nothing runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from simulator.cli.paint import echo
from simulator.cli.usage import SOME_REFUSED
from simulator.errors import Problem

if TYPE_CHECKING:
    from simulator.journal.journal import Journal
    from simulator.scenario.inputs import Inputs


def report_inputs(inputs: Inputs, *, stored: bool = True) -> None:
    """Print warnings, then as `report_problems`. Without `stored`, a report lists the kinds that are only stored."""
    listed = () if stored else (inputs.before.stored, inputs.loaded.stored)
    for warning in inputs.warnings:
        if warning not in listed:
            echo(f"warning: {warning}", err=True)
    report_refused(inputs, noted=stored)


def report_refused(inputs: Inputs, *, noted: bool = True) -> None:
    """Print what was made of charts and kustomizations if `noted`, then as `report_problems`."""
    for note in made(inputs) if noted else ():
        echo(f"note: {note}", err=True)
    report_problems(inputs.problems)


def made(inputs: Inputs) -> list[str]:
    """What was made of charts and kustomizations, and how."""
    sources = (*inputs.before.sources, *inputs.loaded.sources)
    return [f"{source.name}: its manifests are those of `{source.command}`" for source in sources if source.command]


def report_problems(problems: Sequence[Problem]) -> None:
    """Print what is wrong with refused objects to standard error; the command exits with 1, as kubectl does, if it succeeds otherwise."""
    for problem in problems:
        echo(f"error: {problem}", err=True)
    if problems:
        _exit_with_1()


def note_refusals(journal: Journal) -> None:
    """The command exits with 1 if the API server refused an object of the manifests, for lack of quota for instance."""
    if journal.at().facts("refused"):
        _exit_with_1()


def _exit_with_1() -> None:
    context = click.get_current_context(silent=True)
    if context is not None and context.find_root().obj is not None:
        context.find_root().obj[SOME_REFUSED] = True
