"""Verbs that write, on the command line: the last run is continued, and what kubectl prints is printed."""

from __future__ import annotations

import sys

import click

from simulator.cli.kubectl.session import Setting, perform
from simulator.errors import Problem, UsageError
from simulator.kubectl.errors import KubectlError
from simulator.kubectl.flags import Words
from simulator.kubectl.request import Request
from simulator.kubectl.verb import output_format
from simulator.kubectl.write.acting import Answer
from simulator.kubectl.write.documents import unreadable_path
from simulator.kubectl.write.printing import Printer
from simulator.units import parse_duration


def carry_out(request: Request, words: Words) -> int:
    """Do it, and print what kubectl prints; the exit code. Raises UsageError."""
    if problem := next((item for item in request.sources if isinstance(item, Problem)), None):
        click.echo(f"error: {unreadable_path(problem)}", err=True)
        return 1
    form = output_format(words) if "output" in words.flags else ""
    setting = Setting(words["namespace"], _instant(words["at"], "--at"), _instant(words["for"], "--for") or 0, words["kubernetes"])
    outcome = perform(request, setting)
    code = _print(outcome.answer, form)
    if not outcome.done:
        click.echo("podsim: not done after one hour; the run continues without waiting", err=True)
    return code


def _instant(text: str | None, option: str) -> int | None:
    if not text:
        return None
    try:
        return max(parse_duration(text), 0)
    except ValueError as error:
        raise UsageError(f"{option}: {error}") from error


def _print(answer: Answer, form: str) -> int:
    """Both streams, in order; the exit code."""
    printer = Printer(form)
    for part in answer.parts:
        try:
            text = printer.text(part)
        except KubectlError as error:
            click.echo(f"{error}", err=True)
            return error.code
        click.echo(text, nl=False, err=part.stream == "stderr")
        sys.stdout.flush()
    return answer.code
