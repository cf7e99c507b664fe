"""Checks of what becomes true when: `ready: pod/app-*, within: 30s`, and of the order in which things become true."""

from __future__ import annotations

from typing import NamedTuple

from simulator.expectations.things import FINDERS, Thing
from simulator.expectations.verdict import Case, Finding, few, instant
from simulator.metrics import Story
from simulator.metrics.selection import selection
from simulator.objects.kinds import Key
from simulator.scenario.read_expect import word_of
from simulator.units import short_duration

IS: dict[str, tuple[str, str]] = {
    "exists": ("exists", "was there"),
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
"""Word -> how it is said now, and afterwards."""
ORIGIN = {"rolledOut": "its last change"}
"""From when `within` counts, if not from an object's creation."""


def not_so(said: str) -> str:
    """`was ready` -> `was not ready`."""
    verb, _, rest = said.partition(" ")
    return f"{verb} not {rest}"


def nobody(case: Case, subject: str) -> Finding:
    """The finding that an expectation is about nothing: never a pass."""
    chosen = selection(subject)
    there = sorted({case.name(key) for key in case.story.snapshot.known(chosen.kind)})
    return Finding(False, (f"there was no {subject} in this run; there was {', '.join(few(there)) or 'none of its kind'}",))


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
    """Whether everything that is meant becomes so in time, or is so when it should be."""
    word = word_of(case.expectation.kind)
    things = FINDERS[word](case.story, case.chosen)
    if not things:
        return nobody(case, case.expectation.target)
    options = case.expectation.options
    if "within" in options or "by" in options:
        return _in_time(case, things, IS[word][1])
    if "at" in options or not ({"from", "until"} & set(options)):
        return _at(case, things, IS[word][1], case.end if case.option("at") is None else case.window.begin)
    return _throughout(case, things, IS[word][1])


class _Late(NamedTuple):
    text: str
    key: Key
    t: int


def _in_time(case: Case, things: list[Thing], said: str) -> Finding:
    within, by = case.option("within"), case.option("by")
    late: list[_Late] = []
    good: list[str] = []
    for thing in things:
        deadline = thing.since + within if within is not None else by or 0
        first = next((span.begin for span in thing.spans if span.end is None or span.end > thing.since), None)
        first = None if first is None else max(first, thing.since)
        if within is None and thing.created > deadline:
            continue  # what came later is not asked for
        if first is None and thing.gone is not None and thing.gone <= deadline:
            continue  # it was gone before its time was over
        text = _reached(case, thing, said, first, within is not None)
        if first is None or first > deadline:
            late.append(_Late(text, thing.key, deadline))
        else:
            good.append(text)
    if late:
        return Finding(False, few([one.text for one in late]), late[0].key, min(late[0].t, case.end))
    if not good:
        return Finding(False, (f"none was there long enough: {', '.join(few([case.name(thing.key) for thing in things]))}",))
    return Finding(True, few(good))


def _reached(case: Case, thing: Thing, said: str, first: int | None, relative: bool) -> str:
    name = case.name(thing.key)
    if first is not None:
        return f"{name} {said} at {instant(first)}" + (f", after {instant(first - thing.since)}" if relative else "")
    if thing.gone is not None:
        return f"{name} never {said.partition(' ')[2]}; it was gone at {instant(thing.gone)}"
    return f"{name} {not_so(said)} by the end of the run at {instant(case.end)}; it was created at {instant(thing.created)}"


def _at(case: Case, things: list[Thing], said: str, t: int) -> Finding:
    if case.too_late is not None:
        return Finding(False, (f"the run ended at {instant(case.end)}, before {instant(case.too_late)}",))
    there = [thing for thing in things if thing.exists_at(t)]
    bad = [thing for thing in there if not thing.holds_at(t)]
    if not there:
        return Finding(False, few([f"{case.name(thing.key)} was not there at {instant(t)}; {_life(thing)}" for thing in things]))
    if bad:
        return Finding(False, few([f"{case.name(one.key)} {not_so(said)} at {instant(t)}; {_history(one)}" for one in bad]), bad[0].key, t)
    return Finding(True, few([f"{case.name(thing.key)} {said} at {instant(t)}" for thing in there]))


def _throughout(case: Case, things: list[Thing], said: str) -> Finding:
    begin, end = case.window.begin, case.window.end or 0
    if case.too_late is not None:
        return Finding(False, (f"the run ended at {instant(case.end)}, before {instant(case.too_late)}",))
    bad: list[_Late] = []
    there = [thing for thing in things if thing.created <= end and (thing.gone is None or thing.gone > begin)]
    for thing in there:
        gap = gap_of(thing, begin, end)
        if gap is not None:
            bad.append(_Late(f"{case.name(thing.key)} {not_so(said)} at {instant(gap)}; {_history(thing)}", thing.key, gap))
    if bad:
        return Finding(False, few([one.text for one in bad]), bad[0].key, bad[0].t)
    if not there:
        return Finding(False, few([f"{case.name(thing.key)} was not there then; {_life(thing)}" for thing in things]))
    return Finding(True, few([f"{case.name(thing.key)} {said} all the time" for thing in there]))


def gap_of(thing: Thing, begin: int, end: int) -> int | None:
    """The first instant from `begin` to `end`, during the thing's life, at which it was not so; None: there is none."""
    t = max(begin, thing.created)
    last = end if thing.gone is None else min(end, thing.gone - 1)
    for span in thing.spans:
        if span.end is not None and span.end <= t:
            continue
        if span.begin > t:
            return t
        if span.end is None or span.end > last:
            return None
        t = span.end
    return t if t <= last else None


def _life(thing: Thing) -> str:
    end = "" if thing.gone is None else f" and gone at {instant(thing.gone)}"
    return f"it was created at {instant(thing.created)}{end}"


def _history(thing: Thing) -> str:
    """When it was so."""
    if not thing.spans:
        return "it never became so"
    spans = [f"from {instant(span.begin)}" + ("" if span.end is None else f" until {instant(span.end)}") for span in thing.spans]
    return f"it was {', '.join(few(spans))}"


# ---- an order of milestones


class _Step(NamedTuple):
    """A milestone of a group: when the first of them reached it, when all that were there had; None: never."""

    text: str
    said: str
    any: int | None
    all: int | None
    things: tuple[Thing, ...]


def expected_order(case: Case) -> str:
    """What is expected, in words."""
    return ", then ".join(f"{subject} {IS[word][0]}" for subject, word in case.expectation.target)


def order(case: Case) -> Finding:
    """Whether all of one step had come to pass when the first of the next one did; the same instant will do."""
    steps = []
    for subject, word in case.expectation.target:
        step = _step(case.story, subject, word)
        if not step.things:
            return nobody(case, subject)
        steps.append(step)
    happened = tuple(_told(step) for step in steps)
    for i, step in enumerate(steps):
        if step.all is None:
            return Finding(False, happened, _slowest(step).key, case.end)
        following = steps[i + 1] if i + 1 < len(steps) else None
        if following is not None and following.any is not None and following.any < step.all:
            early = f"{following.text} {following.said} {instant(step.all - following.any)} before {step.text} {step.said}"
            return Finding(False, (early, *happened), _slowest(step).key, following.any)
    return Finding(True, happened)


def _step(story: Story, subject: str, word: str) -> _Step:
    things = FINDERS[word](story, selection(subject))
    firsts = [thing.first for thing in things if thing.first is not None]
    return _Step(subject, IS[word][1], min(firsts, default=None), _all_of(things), tuple(things))


def _all_of(things: list[Thing]) -> int | None:
    """The first instant at which all that were there had reached it."""
    for t in sorted({thing.first for thing in things if thing.first is not None}):
        if all(thing.first is not None and thing.first <= t for thing in things if thing.exists_at(t)):
            return t
    return None


def _slowest(step: _Step) -> Thing:
    return max(step.things, key=lambda thing: (thing.first is None, thing.first or 0))


def _told(step: _Step) -> str:
    if step.all is None:
        some = "" if step.any is None else f" (the first of them at {instant(step.any)})"
        return f"{step.text} never {step.said.partition(' ')[2]}{some}"
    span = instant(step.all) if step.any == step.all or step.any is None else f"{instant(step.any)} to {instant(step.all)}"
    return f"{step.text} {step.said} at {span}"
