"""Verbs that read, on a run that is over: which run, at which instant, and when kubectl was started in it."""

from __future__ import annotations

from simulator.cli.source import SourceOptions, namespace_of, parse_instant, view_from
from simulator.kubectl.flags import Words
from simulator.kubectl.verb import Caller, Reading
from simulator.kubectl.view import Printed, View


def look(reading: Reading, words: Words) -> Printed:
    """What a verb prints about the run that its flags name. Raises UsageError, or what a bad input raises."""
    source = SourceOptions(
        journal=words["from"],
        at=_instant(words, "at"),
        kubectl=words["kubectl"],
        namespace=words["namespace"],
        all_namespaces=words["all-namespaces"],
        paths=tuple(words["filename"]),
        recursive=words["recursive"],
        fail_fast=words["fail-fast"],
    )
    start = _instant(words, "start")
    view = view_from(source)
    if start is None and reading.begins_with_typed:
        start = _last_typed(view)
    since = None if start is None else view.snapshot.at(start)
    return reading.prints(words, view, Caller(namespace_of(source, view), since))


def _instant(words: Words, name: str) -> int | None:
    return parse_instant(words[name], f"--{name}") if name in words.given else None


def _last_typed(view: View) -> int | None:
    """When the last command was typed that continued the run; None: none was."""
    return max((fact.t for fact in view.snapshot.facts("action") if not fact.data.get("file")), default=None)
