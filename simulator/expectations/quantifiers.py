"""Checks of what is never, at some time, or always true: `never: pod/*, state: CrashLoopBackOff`."""

from __future__ import annotations

from simulator.expectations.milestones import IS, gap_of, no_subject, when
from simulator.expectations.object_spans import FINDERS, Find, ObjectSpans, with_condition, with_phase, with_state, with_status
from simulator.expectations.verdict import Case, Finding, few, instant
from simulator.metrics.timeline import Span

PAST = {"state": "was in the state", "phase": "was in the phase", "status": "had the status", "condition": "had the condition"}
PRESENT = {"state": "is in the state", "phase": "is in the phase", "status": "has the status", "condition": "has the condition"}


def expected(case: Case) -> str:
    """What is expected, in words."""
    kind, target = case.expectation.kind, case.expectation.target
    name, value = _predicate(case)
    says = IS[value][0] if name == "is" else f"{PRESENT[name]} {value}"
    verb, _, rest = says.partition(" ")
    how = {"never": "never", "ever": "at some time", "always": "always"}[kind]
    return f"{target} {f'is {how} {rest}' if verb == 'is' else f'{how} {says}'}{when(case)}"


def quantified(case: Case) -> Finding:
    """Whether it was never true, true at some time, or true for as long as the objects existed."""
    name, value = _predicate(case)
    objects = _find(case, name, value)(case.story, case.chosen)
    if not objects:
        return no_subject(case, case.expectation.target)
    if case.too_late is not None:
        return Finding(False, (f"the run ended at {instant(case.end)}, before {instant(case.too_late)}",))
    phrase = IS[value][1] if name == "is" else f"{PAST[name]} {value}"
    return {"never": _never, "ever": _ever, "always": _always}[case.expectation.kind](case, objects, phrase)


def _predicate(case: Case) -> tuple[str, str]:
    options = case.expectation.options
    name = next(name for name in ("is", *PAST) if name in options)
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


def _never(case: Case, objects: list[ObjectSpans], phrase: str) -> Finding:
    failures = [(item, spans) for item in objects if (spans := item.within(case.window))]
    if not failures:
        return Finding(True, (f"none of {', '.join(few([case.name(item.key) for item in objects]))}{when(case)}",))
    first, first_spans = failures[0]
    texts = [f"{case.name(item.key)} {phrase} {_spans_text(spans)}" for item, spans in failures]
    return Finding(False, few(texts), first.key, max(first_spans[0].begin, case.window.begin))


def _ever(case: Case, objects: list[ObjectSpans], phrase: str) -> Finding:
    successes = [f"{case.name(item.key)} {phrase} {_spans_text(spans)}" for item in objects if (spans := item.within(case.window))]
    if successes:
        return Finding(True, few(successes))
    return Finding(False, (f"none of {', '.join(few([case.name(item.key) for item in objects]))}{when(case)}",), objects[0].key, case.end)


def _always(case: Case, objects: list[ObjectSpans], phrase: str) -> Finding:
    begin, end = case.window.begin, case.window.end or 0
    present = [item for item in objects if item.created <= end and (item.gone is None or item.gone > begin)]
    gaps = [(item, gap) for item in present if (gap := gap_of(item, begin, end)) is not None]
    verb, _, rest = phrase.partition(" ")
    if gaps:
        texts = [f"{case.name(item.key)} {verb} not {rest} at {instant(gap)}" for item, gap in gaps]
        return Finding(False, few(texts), gaps[0][0].key, gaps[0][1])
    if not present:
        return Finding(False, (f"none of {', '.join(few([case.name(item.key) for item in objects]))} existed{when(case)}",))
    return Finding(True, few([f"{case.name(item.key)} {phrase}" for item in present]))


def _spans_text(spans: list[Span]) -> str:
    """When it was true: `at 12s, from 20s until 21.5s`."""
    texts = []
    for span in spans:
        if span.end is None:
            texts.append(f"from {instant(span.begin)} on")
        else:
            texts.append(f"at {instant(span.begin)}" if span.begin == span.end else f"from {instant(span.begin)} until {instant(span.end)}")
    return ", ".join(few(texts))
