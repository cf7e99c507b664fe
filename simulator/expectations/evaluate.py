"""Evaluates expectations against a journal. Pure: the same journal gives the same verdicts."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from typing import NamedTuple

from simulator.errors import Problem, ScenarioError, UsageError
from simulator.expectations import counts, milestones, quantifiers
from simulator.expectations.verdict import Case, Finding, Verdict, instant
from simulator.journal.snapshot import Snapshot
from simulator.metrics import Story, metric
from simulator.metrics.evidence import evidence, in_words, rests_on
from simulator.metrics.selection import EVERYTHING, Selection, selection
from simulator.objects.kinds import Key, kind_of_key
from simulator.scenario.read_expect import KINDS, word_of
from simulator.scenario.spec import Expectation
from simulator.views.styled import plain

LONGEST_WHY = 16
WIDTH = 100


class Check(NamedTuple):
    """The function that puts an expectation into words, and the one that checks it."""

    expected: Callable[[Case], str]
    find: Callable[[Case], Finding]


CHECKS: dict[str, Check] = {
    **{kind: Check(milestones.expected_milestone, milestones.milestone) for kind in KINDS if word_of(kind)},
    "never": Check(quantifiers.expected, quantifiers.quantified),
    "ever": Check(quantifiers.expected, quantifiers.quantified),
    "always": Check(quantifiers.expected, quantifiers.quantified),
    "order": Check(milestones.expected_order, milestones.order),
    "neverRestarts": Check(counts.expected_no_restart, counts.never_restarts),
    "endpoints": Check(counts.expected_endpoints, counts.endpoints),
    "event": Check(counts.expected_event, counts.event),
    "log": Check(counts.expected_log, counts.log),
    "metric": Check(counts.expected_metric, counts.measured),
    "noRequestLost": Check(counts.expected_requests, counts.no_request_lost),
}
"""Kind of expectation -> its check."""


def check_names(expectations: Sequence[Expectation]) -> None:
    """Raises ScenarioError for unknown metrics, all of them at once."""
    problems = []
    for item in expectations:
        if item.kind == "metric":
            try:
                metric(item.target)
            except UsageError as error:
                problems.append(Problem(item.file, item.line, 0, f"{item.path}.metric", str(error)))
    if problems:
        raise ScenarioError(problems)


def evaluate(snapshot: Snapshot, expectations: Sequence[Expectation], look: str = "", seed: int | None = None) -> list[Verdict]:
    """A verdict for each expectation, about the run up to the snapshot's time.

    `look`: how commands refer to this run (`-f web.podsim.yaml`; empty: the last run); `seed`: where it differs from the file's.
    """
    return list(map(evaluator(snapshot, look, seed), expectations)) if expectations else []


def evaluator(snapshot: Snapshot, look: str = "", seed: int | None = None) -> Callable[[Expectation], Verdict]:
    """A function that evaluates one expectation after the other. What all of them need is computed once, here."""
    story = Story(snapshot)
    founded = evidence(story)

    def verdict_on(item: Expectation) -> Verdict:
        resting = rests_on(story, _about(item), founded)
        return _verdict(story, item, look, seed)._replace(rests_on=tuple(map(in_words, resting)))

    return verdict_on


def _about(item: Expectation) -> Selection:
    """The objects that an expectation is about."""
    about = item.options.get("of", "") if item.kind == "metric" else item.target
    return selection(about) if isinstance(about, str) else EVERYTHING


def _verdict(story: Story, item: Expectation, look: str, seed: int | None) -> Verdict:
    check = CHECKS[item.kind]
    case = Case(item, story, _about(item), story.end)
    expected = check.expected(case)
    try:
        finding = check.find(case)
    except UsageError as error:
        finding = Finding(False, (str(error),))
    if finding.holds or finding.blame is None:
        return Verdict(item.text, item.file, item.line, finding.holds, expected, finding.happened)
    t = story.end if finding.t is None else finding.t
    why = _why(story.snapshot.at(t), finding.blame)
    return Verdict(item.text, item.file, item.line, False, expected, finding.happened, why, _shows(story, finding.blame, t, look, seed))


def _why(snapshot: Snapshot, key: Key) -> tuple[str, ...]:
    """The chain of causes at that time; empty when the object does not exist."""
    if snapshot.get(key) is None:
        return ()
    from simulator.views.why.lines import lines
    from simulator.views.why.question import explain

    tree_lines = plain([line for tree in explain(snapshot, [key]) for line in lines(tree, WIDTH)]).splitlines()
    more = len(tree_lines) - LONGEST_WHY
    return (*tree_lines[:LONGEST_WHY], "...") if more > 0 else tuple(tree_lines)


def _shows(story: Story, key: Key, t: int, look: str, seed: int | None) -> tuple[str, ...]:
    """The commands that show the object."""
    home = story.snapshot.header.namespace or "default"
    where = f" -n {key.namespace}" if key.namespace not in ("", home) else ""
    name, kind = shlex.quote(key.name), kind_of_key(key).singular
    replay = (f"podsim run {look.removeprefix('-f ')} --seed {seed}",) if seed is not None else ()
    rest = f"{where}{f' {look}' if look and seed is None else ''} --at {instant(t)}"
    return (*replay, f"podsim why {kind}/{name}{rest}", f"podsim describe {kind} {name}{rest}")
