"""Checks of when something becomes true, `ready: pod/app-*, within: 30s`, and of the order in which things become true."""

from __future__ import annotations

from typing import NamedTuple

from simulator.expectations.object_spans import FINDERS, ObjectSpans
from simulator.expectations.verdict import Case, Failure, Finding, failed, few, instant
from simulator.metrics import Story
from simulator.metrics.selection import selection
from simulator.scenario.read_expect import word_of
from simulator.units import short_duration

IS: dict[str, tuple[str, str]] = {
    "exists": ("exists", "existed"),
    "gone": ("is gone", "was gone"),
    "scheduled": ("is scheduled", "was scheduled"),
    "initialized": ("is initialized", "was initialized"),
    "started": ("has started", "had started"),
    "running": ("is running", "was running"),
    "ready": ("is ready", "was ready"),
    "available": ("is available", "was available"),
    "rolledOut": ("has rolled out", "had rolled out"),
    "reachable": ("is reachable", "was reachable"),
    "complete": ("is complete", "was complete"),
    "failed": ("has failed", "had failed"),
}
"""Word -> its phrase in the present and in the past tense."""
ORIGIN = {"rolledOut": "its last change"}
"""What `within` is measured from, if not from an object's creation."""


def negated(phrase: str) -> str:
    """`was ready` -> `was not ready`."""
    verb, _, rest = phrase.partition(" ")
    return f"{verb} not {rest}"


def no_subject(case: Case, subject: str) -> Finding:
    """The finding for an expectation that selects nothing, which never passes."""
    chosen = selection(subject)
    present = sorted({case.name(key) for key in case.story.snapshot.known(chosen.kind)})
    return Finding(False, (f"there was no {subject} in this run; present: {', '.join(few(present)) or 'none of its kind'}",))


def when(case: Case) -> str:
    """The time that an expectation names, in words."""
    options = case.expectation.options
    at, by, begin, until = (options.get(name) for name in ("at", "by", "from", "until"))
    if at is not None:
        return f" at {instant(at)}"
    if by is not None:
        return f" by {instant(by)}"
    if begin is None and until is None:
        return ""
    return (f" from {instant(begin)}" if begin is not None else "") + (f" until {instant(until)}" if until is not None else "")


# ---- one milestone


def expected_milestone(case: Case) -> str:
    """What is expected, in words."""
    word = word_of(case.expectation.kind)
    within = case.option("within")
    time = f" within {short_duration(within)} of {ORIGIN.get(word, 'its creation')}" if within is not None else when(case)
    return f"{case.expectation.target} {IS[word][0]}{time or ' at the end'}"


def milestone(case: Case) -> Finding:
    """Whether everything selected becomes true in time, or is true when it should be."""
    word = word_of(case.expectation.kind)
    objects = FINDERS[word](case.story, case.chosen)
    if not objects:
        return no_subject(case, case.expectation.target)
    options = case.expectation.options
    if "within" in options or "by" in options:
        return _in_time(case, objects, IS[word][1])
    if "at" in options or not ({"from", "until"} & set(options)):
        return _at(case, objects, IS[word][1], case.end if case.option("at") is None else case.window.begin)
    return _throughout(case, objects, IS[word][1])


def _in_time(case: Case, objects: list[ObjectSpans], phrase: str) -> Finding:
    within, by = case.option("within"), case.option("by")
    failures: list[Failure] = []
    successes: list[str] = []
    for item in objects:
        deadline = item.since + within if within is not None else by or 0
        first = next((span.begin for span in item.spans if span.end is None or span.end > item.since), None)
        first = None if first is None else max(first, item.since)
        if within is None and item.created > deadline:
            continue  # the deadline is only about objects that existed by then
        if first is None and item.gone is not None and item.gone <= deadline:
            continue  # it was deleted before its deadline
        text = _reached(case, item, phrase, first, within is not None)
        if first is None or first > deadline:
            failures.append(Failure(text, item.key, deadline))
        else:
            successes.append(text)
    if failures:
        return Finding(False, few([one.text for one in failures]), failures[0].key, min(failures[0].t, case.end))
    if not successes:
        return Finding(False, (f"none existed long enough: {', '.join(few([case.name(item.key) for item in objects]))}",))
    return Finding(True, few(successes))


def _reached(case: Case, item: ObjectSpans, phrase: str, first: int | None, relative: bool) -> str:
    name = case.name(item.key)
    if first is not None:
        return f"{name} {phrase} at {instant(first)}" + (f", after {instant(first - item.since)}" if relative else "")
    if item.gone is not None:
        return f"{name} never {phrase.partition(' ')[2]}; it was deleted at {instant(item.gone)}"
    return f"{name} {negated(phrase)} by the end of the run at {instant(case.end)}; it was created at {instant(item.created)}"


def _at(case: Case, objects: list[ObjectSpans], phrase: str, t: int) -> Finding:
    if case.too_late is not None:
        return Finding(False, (f"the run ended at {instant(case.end)}, before {instant(case.too_late)}",))
    present = [item for item in objects if item.exists_at(t)]
    if not present:
        return Finding(False, few([f"{case.name(item.key)} did not exist at {instant(t)}; {_life(item)}" for item in objects]))
    failures = [
        Failure(f"{case.name(item.key)} {negated(phrase)} at {instant(t)}; {_history(item)}", item.key, t)
        for item in present
        if not item.holds_at(t)
    ]
    if failures:
        return failed(failures)
    return Finding(True, few([f"{case.name(item.key)} {phrase} at {instant(t)}" for item in present]))


def _throughout(case: Case, objects: list[ObjectSpans], phrase: str) -> Finding:
    begin, end = case.window.begin, case.window.end or 0
    if case.too_late is not None:
        return Finding(False, (f"the run ended at {instant(case.end)}, before {instant(case.too_late)}",))
    failures: list[Failure] = []
    present = [item for item in objects if item.created <= end and (item.gone is None or item.gone > begin)]
    for item in present:
        gap = gap_of(item, begin, end)
        if gap is not None:
            failures.append(Failure(f"{case.name(item.key)} {negated(phrase)} at {instant(gap)}; {_history(item)}", item.key, gap))
    if failures:
        return failed(failures)
    if not present:
        return Finding(False, few([f"{case.name(item.key)} did not exist then; {_life(item)}" for item in objects]))
    return Finding(True, few([f"{case.name(item.key)} {phrase} all the time" for item in present]))


def gap_of(item: ObjectSpans, begin: int, end: int) -> int | None:
    """The first time from `begin` to `end`, while the object existed, at which it was not true; None: always true."""
    t = max(begin, item.created)
    last = end if item.gone is None else min(end, item.gone - 1)
    for span in item.spans:
        if span.end is not None and span.end <= t:
            continue
        if span.begin > t:
            return t
        if span.end is None or span.end > last:
            return None
        t = span.end
    return t if t <= last else None


def _life(item: ObjectSpans) -> str:
    end = "" if item.gone is None else f" and deleted at {instant(item.gone)}"
    return f"it was created at {instant(item.created)}{end}"


def _history(item: ObjectSpans) -> str:
    """When it was true."""
    if not item.spans:
        return "it never was"
    spans = [f"from {instant(span.begin)}" + ("" if span.end is None else f" until {instant(span.end)}") for span in item.spans]
    return f"it was {', '.join(few(spans))}"


# ---- an order of milestones


class _Step(NamedTuple):
    """A milestone of a group: when the first one reached it, and when all that existed had (None: never)."""

    text: str
    phrase: str
    any: int | None
    all: int | None
    objects: tuple[ObjectSpans, ...]


def expected_order(case: Case) -> str:
    """What is expected, in words."""
    return ", then ".join(f"{subject} {IS[word][0]}" for subject, word in case.expectation.target)


def order(case: Case) -> Finding:
    """Whether all objects of a step had reached it when the first object of the next step did; at the same time is in order."""
    steps = []
    for subject, word in case.expectation.target:
        step = _step(case.story, subject, word)
        if not step.objects:
            return no_subject(case, subject)
        steps.append(step)
    happened = tuple(_step_text(step) for step in steps)
    for i, step in enumerate(steps):
        if step.all is None:
            return Finding(False, happened, _slowest(step).key, case.end)
        following = steps[i + 1] if i + 1 < len(steps) else None
        if following is not None and following.any is not None and following.any < step.all:
            early = f"{following.text} {following.phrase} {instant(step.all - following.any)} before {step.text} {step.phrase}"
            return Finding(False, (early, *happened), _slowest(step).key, following.any)
    return Finding(True, happened)


def reached(story: Story, subject: str, word: str) -> int | None:
    """The instant at which all objects of a subject had reached a word for the first time; None: never, or there are none."""
    return _step(story, subject, word).all


def _step(story: Story, subject: str, word: str) -> _Step:
    objects = FINDERS[word](story, selection(subject))
    firsts = [item.first for item in objects if item.first is not None]
    return _Step(subject, IS[word][1], min(firsts, default=None), _all_of(objects), tuple(objects))


def _all_of(objects: list[ObjectSpans]) -> int | None:
    """The first time at which all objects that existed had reached it."""
    for t in sorted({item.first for item in objects if item.first is not None}):
        if all(item.first is not None and item.first <= t for item in objects if item.exists_at(t)):
            return t
    return None


def _slowest(step: _Step) -> ObjectSpans:
    return max(step.objects, key=lambda item: (item.first is None, item.first or 0))


def _step_text(step: _Step) -> str:
    if step.all is None:
        some = "" if step.any is None else f" (the first of them at {instant(step.any)})"
        return f"{step.text} never {step.phrase.partition(' ')[2]}{some}"
    span = instant(step.all) if step.any == step.all or step.any is None else f"{instant(step.any)} to {instant(step.all)}"
    return f"{step.text} {step.phrase} at {span}"
