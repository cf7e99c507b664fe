"""Where a command's journal comes from: a saved one (`--from`), a run of manifests and scenarios made on the spot, or the last run."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from simulator.cli import last_run
from simulator.cli.paint import echo
from simulator.cli.refusals import note_refusals, report_refused
from simulator.cli.usage import UNCHECKED
from simulator.errors import JournalError, Problem, UsageError
from simulator.units import SECOND, parse_duration, short_duration

if TYPE_CHECKING:
    from simulator.journal.journal import Journal
    from simulator.journal.snapshot import Snapshot
    from simulator.kubectl.view import View
    from simulator.scenario.inputs import Inputs


class SourceOptions(msgspec.Struct, frozen=True):
    """Options of every command that looks at a run. `at` in nanoseconds (None: the end); `namespace` empty: the run's own."""

    journal: str = ""
    at: int | None = None
    kubectl: str = ""
    namespace: str = ""
    all_namespaces: bool = False
    paths: tuple[str, ...] = ()
    recursive: bool = False
    fail_fast: bool = False


def parse_instant(text: str | None, option: str) -> int | None:
    """An instant given on the command line, in nanoseconds. Raises UsageError."""
    if text is None:
        return None
    try:
        t = parse_duration(text)
    except ValueError as error:
        raise UsageError(f"{option}: {error}") from error
    if t < 0:
        raise UsageError(f"{option}: {text} is before the start")
    return t


def source_options(short_filename: bool = True) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add the options to a command; it is called with a `SourceOptions` as `source`.

    `short_filename`: whether `-f` means `--filename`; to `logs` it means `--follow`.
    """
    filename = ("-f", "--filename") if short_filename else ("--filename",)
    options = [
        click.option("--from", "journal", metavar="FILE", help="Read a saved journal ('-': standard input). Default: the last run."),
        click.option(*filename, "paths", metavar="PATH", multiple=True, help="Manifest, Scenario or directory to run. Repeatable."),
        click.option("-R", "--recursive", is_flag=True, help="With -f: read directories recursively."),
        click.option("--fail-fast", is_flag=True, help="With -f: if an object is refused, run nothing."),
        click.option("--at", metavar="DURATION", help="Time to show: 40s, 2m36s. Default: the end of the run."),
        click.option("--kubectl", metavar="RELEASE", default="", help="Release of kubectl: 1.36. Default: the run's release."),
        click.option("-n", "--namespace", metavar="NAMESPACE", default="", help="Default: the run's namespace, or 'default'."),
        click.option("-A", "--all-namespaces", is_flag=True, help="Show all namespaces."),
    ]

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(command)
        def called(**given: Any) -> Any:
            source = SourceOptions(
                journal=given.pop("journal") or "",
                at=parse_instant(given.pop("at"), "--at"),
                kubectl=given.pop("kubectl"),
                namespace=given.pop("namespace"),
                all_namespaces=given.pop("all_namespaces"),
                paths=tuple(given.pop("paths")),
                recursive=given.pop("recursive"),
                fail_fast=given.pop("fail_fast"),
            )
            return command(source=source, **given)

        for option in reversed(options):
            called = option(called)
        return called

    return decorate


def journal_from(options: SourceOptions) -> Journal:
    """The journal that the options name. Raises UsageError, JournalError, or what a bad input raises."""
    if options.journal and options.paths:
        raise UsageError("--from and --filename are mutually exclusive: a saved journal is not run again")
    if not options.journal:
        return run_inputs(options.paths, options)
    return _saved(options.journal)


def _saved(file: str) -> Journal:
    from simulator.journal.saved import load

    if file == "-":
        return _noted(load(sys.stdin.buffer), file)
    try:
        with Path(file).open("rb") as content:
            return _noted(load(content, file), file)
    except OSError as error:
        raise JournalError([Problem(file, 0, 0, "", error.strerror or str(error))]) from error


def _noted(journal: Journal, file: str) -> Journal:
    """Warn about a journal of an older podsim without an END line; note any without one, for the message if it cannot be shown."""
    if not journal.is_checked:
        notes = click.get_current_context().find_root().obj
        if notes is not None:
            notes[UNCHECKED] = file
        if journal.header.podsim:
            echo(f"warning: {file} has no END line: podsim cannot check whether this journal is complete", err=True)
    return journal


def run_inputs(paths: Sequence[str], options: SourceOptions) -> Journal:
    """Run manifests and scenarios and return the journal; the last run's when none are named. Raises what a bad input raises."""
    if paths:
        module = import_module("simulator.scenario.inputs")
        choices = module.Choices(options.namespace or None, at_least=options.at, recursive=options.recursive, fail_fast=options.fail_fast)
        inputs: Inputs = module.gather(paths, choices)
        report_refused(inputs)
        journal: Journal = import_module("simulator.cluster").Cluster(inputs).run_to_rest()
        note_refusals(journal)
        return journal
    last = last_run.recall()
    if last is None:
        raise UsageError(
            "there is no last run: use `podsim run app.yaml` first, or name a saved journal (--from) or a manifest (--filename)"
        )
    return _saved(str(last))


def snapshot_from(options: SourceOptions) -> Snapshot:
    """The world at the instant that the options name."""
    journal = journal_from(options)
    horizon = journal.header.horizon
    if options.at is not None and horizon is not None and options.at > horizon * SECOND:
        raise UsageError(f"--at {short_duration(options.at)}: the run ended at {short_duration(round(horizon * SECOND))}")
    return journal.at(options.at)


def namespace_of(options: SourceOptions, view: View) -> str:
    """Where a command looks that is about one namespace."""
    return options.namespace or view.snapshot.header.namespace or "default"


def namespaces_of(options: SourceOptions, view: View) -> str | None:
    """Where a command looks that takes `-A`; None: everywhere."""
    return None if options.all_namespaces else namespace_of(options, view)


def view_from(options: SourceOptions) -> View:
    """As `snapshot_from`, seen by the kubectl that the options name."""
    from simulator.kubectl.view import View

    return View(snapshot_from(options), options.kubectl)
