"""Checks of what never, at some time, or always is so: `never: pod/*, state: CrashLoopBackOff`."""

from __future__ import annotations

from simulator.expectations.milestones import IS, gap_of, nobody, when
from simulator.expectations.things import FINDERS, Find, Thing, with_condition, with_phase, with_state, with_status
from simulator.expectations.verdict import Case, Finding, few, instant
from simulator.metrics.timeline import Span

SAID = {"state": "was in the state", "phase": "was in the phase", "status": "had the status", "condition": "had the condition"}
EXPECTED = {"state": "is in the state", "phase": "is in the phase", "status": "has the status", "condition": "has the condition"}


def expected(case: Case) -> str:
    """What is expected, in words."""
    kind, target = case.expectation.kind, case.expectation.target
    name, value = _predicate(case)
    says = IS[value][0] if name == "is" else f"{EXPECTED[name]} {value}"
    verb, _, rest = says.partition(" ")
    how = {"never": "never", "ever": "at some time", "always": "always"}[kind]
    return f"{target} {f'is {how} {rest}' if verb == 'is' else f'{how} {says}'}{when(case)}"


def quantified(case: Case) -> Finding:
    """Whether it was never so, so at some time, or always so while the objects were there."""
    name, value = _predicate(case)
    things = _find(case, name, value)(case.story, case.chosen)
    if not things:
        return nobody(case, case.expectation.target)
    if case.too_late is not None:
        return Finding(False, (f"the run ended at {instant(case.end)}, before {instant(case.too_late)}",))
    said = IS[value][1] if name == "is" else f"{SAID[name]} {value}"
    return {"never": _never, "ever": _ever, "always": _always}[case.expectation.kind](case, things, said)


def _predicate(case: Case) -> tuple[str, str]:
    options = case.expectation.options
    name = next(name for name in ("is", *SAID) if name in options)
    return name, str(options[name])


def _find(case: Case, name: str, value: str) -> Find:
    kind = case.chosen.kind
    if name == "is":
        return FINDERS[value]
    if name == "state":
        return with_state(value, case.chosen.container)
    if name == "status":
        return with_status(value, case.story)
    return with_phase(value, kind) if name == "phase" else with_condition(value, kind)


def _never(case: Case, things: list[Thing], said: str) -> Finding:
    bad = [(thing, found) for thing in things if (found := thing.within(case.window))]
    if not bad:
        return Finding(True, (f"none of {', '.join(few([case.name(thing.key) for thing in things]))}{when(case)}",))
    first, spans = bad[0]
    texts = [f"{case.name(thing.key)} {said} {_told(found)}" for thing, found in bad]
    return Finding(False, few(texts), first.key, max(spans[0].begin, case.window.begin))


def _ever(case: Case, things: list[Thing], said: str) -> Finding:
    good = [f"{case.name(thing.key)} {said} {_told(found)}" for thing in things if (found := thing.within(case.window))]
    if good:
        return Finding(True, few(good))
    return Finding(False, (f"none of {', '.join(few([case.name(thing.key) for thing in things]))}{when(case)}",), things[0].key, case.end)


def _always(case: Case, things: list[Thing], said: str) -> Finding:
    begin, end = case.window.begin, case.window.end or 0
    there = [thing for thing in things if thing.created <= end and (thing.gone is None or thing.gone > begin)]
    gaps = [(thing, gap) for thing in there if (gap := gap_of(thing, begin, end)) is not None]
    verb, _, rest = said.partition(" ")
    if gaps:
        texts = [f"{case.name(thing.key)} {verb} not {rest} at {instant(gap)}" for thing, gap in gaps]
        return Finding(False, few(texts), gaps[0][0].key, gaps[0][1])
    if not there:
        return Finding(False, (f"none of {', '.join(few([case.name(thing.key) for thing in things]))} was there{when(case)}",))
    return Finding(True, few([f"{case.name(thing.key)} {said}" for thing in there]))


def _told(spans: list[Span]) -> str:
    """When it was so: `at 12s, from 20s until 21.5s`."""
    texts = []
    for span in spans:
        if span.end is None:
            texts.append(f"from {instant(span.begin)} on")
        else:
            texts.append(f"at {instant(span.begin)}" if span.begin == span.end else f"from {instant(span.begin)} until {instant(span.end)}")
    return ", ".join(few(texts))
