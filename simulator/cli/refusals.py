"""What a command prints about its inputs, and the exit code of one that went on without the objects that were refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from simulator.cli.usage import SOME_REFUSED

if TYPE_CHECKING:
    from simulator.scenario.inputs import Inputs


def report_inputs(inputs: Inputs) -> None:
    """Print warnings, then as `report_problems`."""
    for warning in inputs.warnings:
        click.echo(f"warning: {warning}", err=True)
    report_problems(inputs)


def report_problems(inputs: Inputs) -> None:
    """Print refused objects to standard error; they make the command exit with 1, as kubectl does, if it succeeds otherwise."""
    for problem in inputs.problems:
        click.echo(f"error: {problem}", err=True)
    if inputs.problems:
        note_refusals()


def note_refusals() -> None:
    """Make the running command exit with 1 if it succeeds otherwise."""
    context = click.get_current_context(silent=True)
    if context is not None and context.find_root().obj is not None:
        context.find_root().obj[SOME_REFUSED] = True
