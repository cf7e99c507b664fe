"""What a rule reports about a container: the line, what goes wrong and the run that shows it, and what to write instead."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from simulator.advice.app import App, Subject
from simulator.advice.facts import started_at
from simulator.advice.trial import Overrides, Trial
from simulator.objects.base import JSON
from simulator.scenario.inference import Assumption
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

    `objects`: what has to be added to the manifests, where no change of a field fixes it; `assumptions`: what its figures rest on.
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
    assumptions: tuple[Assumption, ...] = ()

    @property
    def sentence(self) -> str:
        """What is wrong, as a sentence; names at its beginning stay as they are."""
        word = self.text.partition(" ")[0]
        is_name = any(letter.isupper() for letter in word) or word.endswith(":")
        return f"{self.text if is_name else self.text[0].upper() + self.text[1:]}."

    def like(self, example: Finding) -> Finding:
        """The same finding with the run of another container as its evidence."""
        text, trial, _ = example.evidence
        return self._replace(evidence=Evidence(f"as for {example.subject.name}: {text}", trial, example.subject.name))


class Candidate(NamedTuple):
    """A mistake that arithmetic finds, and a run can show.

    `show` tries it: the finding with what the run showed, or None if the run does not show it. `is_certain`: arithmetic alone decides, so
    that one example is enough for all containers.
    """

    finding: Finding
    show: Callable[[], Finding | None]
    is_certain: bool


class Rule(NamedTuple):
    """A classic mistake: its severity, title and explanation, and the function that looks for it in one container.

    `rests_on_program`: its figures come from when the container answers or how it ends, which may be assumed.
    """

    id: str
    severity: str
    title: str
    sentence: str
    find: Callable[[App, Subject], Finding | Candidate | None]
    rests_on_program: bool = False

    def findings(self, app: App) -> Iterator[Finding]:
        """Its findings, in the order of the manifests."""
        matches = {subject.name: match for subject in app.subjects if (match := self.find(app, subject)) is not None}
        shown = self._shown(app, [match for match in matches.values() if isinstance(match, Candidate)])
        for name, match in matches.items():
            finding = shown.get(name) if isinstance(match, Candidate) else match
            if finding is not None:
                assumptions = app.assumptions_about(finding.subject) if self.rests_on_program else ()
                yield finding._replace(rule=self.id, severity=finding.severity or self.severity, assumptions=assumptions)

    def _shown(self, app: App, candidates: list[Candidate]) -> dict[str, Finding]:
        """The findings of candidates that a run shows, or an example shows for them, by the names of their containers.

        The example is the container that starts last, as its trial shares most with the first run.
        """
        findings: dict[str, Finding] = {}
        example: Finding | None = None
        for one in sorted(candidates, key=lambda one: started_at(app, one.finding.subject) or 0, reverse=True):
            if example is not None and one.is_certain:
                shown: Finding | None = one.finding.like(example)
            else:
                app.report(f"{self.id}: {one.finding.subject.name}")
                shown = one.show()
            if shown is not None:
                findings[shown.subject.name] = shown
                # A run that shows something else than arithmetic says is no example for others.
                if example is None and one.is_certain and shown.changes == one.finding.changes:
                    example = shown
        return findings


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
