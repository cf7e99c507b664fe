"""What a rule says about a container: where, what it leads to as a run shows it, and what to write instead."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from simulator.advice.app import App, Subject
from simulator.advice.trial import Pairs, Trial
from simulator.units import SECOND

ERROR, WARNING, NOTE = "error", "warning", "note"
SEVERITIES = (ERROR, WARNING, NOTE)


class Change(NamedTuple):
    """A field that is to have another value (None: it is to go)."""

    address: str
    value: Any


class Finding(NamedTuple):
    """A mistake. `line`: of the manifest; `text`: what is wrong; `shown`: what a run showed, with numbers, and the run."""

    subject: Subject
    line: int
    text: str
    shown: str
    trial: Trial
    changes: tuple[Change, ...]
    severity: str = ""
    rule: str = ""


class Rule(NamedTuple):
    """A classic mistake: how bad, in a few words, why it is one, and the function that finds it in a container, or does not."""

    id: str
    severity: str
    title: str
    sentence: str
    find: Callable[[App, Subject], Finding | None]

    def findings(self, app: App) -> Iterator[Finding]:
        """All there are, in the order of the manifests."""
        for subject in app.subjects:
            found = self.find(app, subject)
            if found is not None:
                yield found._replace(rule=self.id, severity=found.severity or self.severity)


def pairs(changes: tuple[Change, ...]) -> Pairs:
    """Changes as `--set` takes them."""
    return tuple((change.address, json.dumps(change.value, ensure_ascii=False)) for change in changes)


def seconds(time: int) -> str:
    """A time for a sentence: `8.2 s`."""
    return f"{round(time / SECOND, 1):g} s"


def up(time: int) -> int:
    """Whole seconds, rounded up."""
    return -(-time // SECOND)


def many(count: int, word: str) -> str:
    """`1 restart`, `3 restarts`."""
    return f"{count} {word}{'' if count == 1 else 's'}"
