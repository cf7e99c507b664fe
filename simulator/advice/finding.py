"""What a rule reports about a container: the line, what goes wrong and the run that shows it, and what to write instead."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from simulator.advice.app import App, Subject
from simulator.advice.trial import Overrides, Trial
from simulator.objects.base import JSON
from simulator.units import SECOND

ERROR, WARNING, NOTE = "error", "warning", "note"
SEVERITIES = (ERROR, WARNING, NOTE)


class Change(NamedTuple):
    """A new value for a field (None: remove the field)."""

    address: str
    value: Any


class Evidence(NamedTuple):
    """What a run showed, with numbers, and the run. `example`: the other container that was tried, to which the same arithmetic applies."""

    text: str
    trial: Trial
    example: str = ""


class Finding(NamedTuple):
    """A mistake: the `line` of the manifest, what is wrong, the evidence, and the changes that fix it.

    `objects`: what has to be added to the manifests, where no change of a field fixes it.
    `severity` and `rule` are filled in from the rule; a rule sets a severity itself where the case is milder than usual.
    """

    subject: Subject
    line: int
    text: str
    evidence: Evidence
    changes: tuple[Change, ...]
    severity: str = ""
    rule: str = ""
    objects: tuple[JSON, ...] = ()

    @property
    def sentence(self) -> str:
        """What is wrong, as a sentence; names at its beginning stay as they are."""
        word = self.text.partition(" ")[0]
        is_name = any(letter.isupper() for letter in word) or word.endswith(":")
        return f"{self.text if is_name else self.text[0].upper() + self.text[1:]}."


class Candidate(NamedTuple):
    """A mistake that arithmetic finds, and a run can show.

    `show` tries it: the finding with what the run showed, or None if the run does not show it. `is_certain`: arithmetic alone decides, so
    that one example is enough for all containers.
    """

    finding: Finding
    show: Callable[[], Finding | None]
    is_certain: bool


class Rule(NamedTuple):
    """A classic mistake: its severity, title and explanation, and the function that looks for it in one container."""

    id: str
    severity: str
    title: str
    sentence: str
    find: Callable[[App, Subject], Finding | Candidate | None]

    def findings(self, app: App) -> Iterator[Finding]:
        """Its findings, in the order of the manifests."""
        example: Finding | None = None
        for subject in app.subjects:
            match = self.find(app, subject)
            if isinstance(match, Candidate):
                finding, example = _shown(match, example)
            else:
                finding = match
            if finding is not None:
                yield finding._replace(rule=self.id, severity=finding.severity or self.severity)


def _shown(candidate: Candidate, example: Finding | None) -> tuple[Finding | None, Finding | None]:
    """The finding of a candidate, and the example for those after it: the first one whose run shows what arithmetic says."""
    finding = candidate.finding
    if example is not None and candidate.is_certain:
        text, trial = example.evidence.text, example.evidence.trial
        return finding._replace(evidence=Evidence(f"as for {example.subject.name}: {text}", trial, example.subject.name)), example
    shown = candidate.show()
    is_as_expected = shown is not None and candidate.is_certain and shown.changes == finding.changes
    return shown, example or (shown if is_as_expected else None)


def candidate(finding: Finding, show: Callable[[], str | None], *, is_certain: bool) -> Candidate:
    """A candidate whose run only adds the words of the evidence; None: it shows nothing."""

    def shown() -> Finding | None:
        text = show()
        return None if text is None else finding._replace(evidence=finding.evidence._replace(text=text))

    return Candidate(finding, shown, is_certain)


def overrides(changes: tuple[Change, ...]) -> Overrides:
    """Changes as `--set` takes them."""
    return tuple((change.address, json.dumps(change.value, ensure_ascii=False)) for change in changes)


def seconds(time: int) -> str:
    """A time (ns) for a sentence: `8.2 s`."""
    return f"{round(time / SECOND, 1):g} s"


def rounded_up(time: int) -> int:
    """A time (ns) in whole seconds, rounded up."""
    return -(-time // SECOND)


def counted(count: int, word: str) -> str:
    """`1 restart`, `3 restarts`."""
    return f"{count} {word}{'' if count == 1 else 's'}"
