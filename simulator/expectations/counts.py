"""Checks of numbers: endpoints of a Service, restarts, Events, log lines, metrics, failed requests."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

from simulator.expectations.milestones import no_subject, when
from simulator.expectations.verdict import Case, Failure, Finding, failed, few, instant
from simulator.journal.records import LogLine
from simulator.metrics import metric, readings
from simulator.metrics.selection import check
from simulator.metrics.services import WELL
from simulator.objects.event import Event
from simulator.objects.globs import glob_matches
from simulator.objects.kinds import Key
from simulator.scenario.read_expect import Bounds
from simulator.units import MILLISECOND, SECOND
from simulator.views.traffic import traffic

ONCE = Bounds(1)
"""How often Events and lines are expected by default."""


def _bounds(case: Case, name: str = "bounds") -> Bounds:
    bounds = case.expectation.options.get(name)
    return bounds if isinstance(bounds, Bounds) else ONCE


def _window(case: Case) -> Callable[[int], bool]:
    window = case.window
    return lambda t: window.begin <= t <= (window.end or 0)


# ---- endpoints


def expected_endpoints(case: Case) -> str:
    """What is expected, in words."""
    return f"{case.expectation.target} has {_bounds(case)} ready endpoints{when(case) or ' at the end'}"


def endpoints(case: Case) -> Finding:
    """Whether a Service has that many ready endpoints: at a time, by a time, or all the time."""
    services = case.chosen.services(case.story)
    if not services:
        return no_subject(case, case.expectation.target)
    if case.too_late is not None:
        return Finding(False, (f"the run ended at {instant(case.end)}, before {instant(case.too_late)}",))
    bounds = _bounds(case)
    failures: list[Failure] = []
    successes: list[str] = []
    for service in services:
        levels = service.lane.ready
        t = _wrong_at(case, levels, bounds)
        text = f"{case.name(service.key)} had {_levels(levels)}"
        if t is None:
            successes.append(text)
        else:
            failures.append(Failure(f"{text}; so {_level(levels, t)} at {instant(t)}", service.key, t))
    return failed(failures) if failures else Finding(True, few(successes))


def _wrong_at(case: Case, levels: tuple[tuple[int, int], ...], bounds: Bounds) -> int | None:
    """The first time at which the number is out of bounds; None: never."""
    options = case.expectation.options
    if "by" in options:
        return None if any(t <= options["by"] and bounds.hold(count) for t, count in levels) else options["by"]
    if not ({"from", "until"} & set(options)):
        t = case.option("at")
        instants = [case.end if t is None else t]
    else:
        begin, end = case.window.begin, case.window.end or 0
        instants = [begin, *(t for t, _ in levels if begin < t <= end)]
    return next((t for t in instants if not bounds.hold(_level(levels, t))), None)


def _level(levels: tuple[tuple[int, int], ...], t: int) -> int:
    return next((count for since, count in reversed(levels) if since <= t), 0)


def _levels(levels: tuple[tuple[int, int], ...]) -> str:
    return ", ".join(few([f"{count} from {instant(t)}" for t, count in levels])) or "none"


# ---- restarts


def expected_no_restart(case: Case) -> str:
    """What is expected, in words."""
    return f"no container of {case.expectation.target} restarts{when(case)}"


def never_restarts(case: Case) -> Finding:
    """Whether no container is restarted."""
    pods = case.chosen.pods(case.story)
    lanes = [(pod, lane) for pod in pods for lane in pod.containers(case.chosen.container)]
    if not lanes:
        return no_subject(case, case.expectation.target)
    inside = _window(case)
    failures = []
    for pod, lane in lanes:
        for before, again in pairwise(lane.bars):
            if inside(again.begin):
                code = "" if before.exit_code is None else f", after an exit with {before.exit_code}"
                text = f"{case.name(pod.key)} {lane.name} restarted at {instant(again.begin)}{code}"
                failures.append(Failure(text, pod.key, again.begin - MILLISECOND))
    if failures:
        return failed(failures)
    return Finding(True, (f"none of {len(lanes)} restarted" if len(lanes) > 1 else "it did not restart",))


# ---- Events and log lines


def expected_event(case: Case) -> str:
    """What is expected, in words."""
    options = case.expectation.options
    what = " ".join(str(options[name]) for name in ("type", "reason") if name in options)
    message = f" with the message {options['message']!r}" if "message" in options else ""
    there, number = _number(_bounds(case, "count"), "event")
    return f"there {there} {number} {what}{message} about {case.expectation.target}{when(case)}"


def _number(bounds: Bounds, noun: str) -> tuple[str, str]:
    """`is`, `an event`; `are`, `at most 2 events`."""
    if bounds == ONCE or bounds == Bounds(1, 1):
        return "is", f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}{'' if bounds == ONCE else ', only one,'}"
    return ("is", f"no {noun}") if bounds.most == 0 else ("are", f"{bounds} {noun}s")


def event(case: Case) -> Finding:
    """Whether an Event occurs as often as expected. An Event with a count counts that many times."""
    matching = [key for key in case.story.snapshot.known(case.chosen.kind) if case.chosen.fits(key)]
    if not matching:
        return no_subject(case, case.expectation.target)
    occurrences = _occurrences(case)
    count = sum(occurrence.times for occurrence in occurrences)
    texts = [_occurrence_text(case, occurrence) for occurrence in occurrences]
    happened = few(texts) if texts else ("there was none",)
    if _bounds(case, "count").hold(count):
        return Finding(True, happened)
    total = (f"{count} in all",) if count > 1 else ()
    last = occurrences[-1] if occurrences else _Occurrence(case.end, 0, min(matching), "")
    return Finding(False, (*total, *happened), last.about, last.t)


class _Occurrence(NamedTuple):
    """An Event happened `times` times, the last of them at `t`."""

    t: int
    times: int
    about: Key
    text: str


def _occurrence_text(case: Case, occurrence: _Occurrence) -> str:
    times = f", {occurrence.times} times" if occurrence.times > 1 else ""
    return f"{case.name(occurrence.about)}: {occurrence.text} at {instant(occurrence.t)}{times}"


def _occurrences(case: Case) -> list[_Occurrence]:
    """Every write of a matching Event, with how often it happened since the one before."""
    options, inside = case.expectation.options, _window(case)
    totals: dict[Key, int] = {}
    occurrences = []
    for write in case.story.snapshot.writes():
        item = write.item
        if not isinstance(item, Event) or write.type == "DELETED":
            continue
        about = Key(item.involved_object.kind, item.involved_object.namespace, item.involved_object.name)
        total = item.series.count if item.series and item.series.count else item.count or 1
        new, totals[write.key] = total - totals.get(write.key, 0), total
        if new > 0 and inside(write.t) and case.chosen.fits(about) and _says(item, options):
            occurrences.append(_Occurrence(write.t, new, about, f"{item.reason} ({item.message})"))
    return occurrences


def _says(item: Event, options: dict[str, object]) -> bool:
    if not glob_matches(item.reason, str(options.get("reason", "*"))) or item.type != options.get("type", item.type):
        return False
    return str(options.get("message", "")) in item.message


def expected_log(case: Case) -> str:
    """What is expected, in words."""
    options = case.expectation.options
    text = f"contains {options['contains']!r}" if "contains" in options else f"matches {options['matches']!r}"
    return f"{case.expectation.target} prints {_number(_bounds(case, 'count'), 'line')[1]} that {text}{when(case)}"


def log(case: Case) -> Finding:
    """Whether containers print matching lines."""
    pods = case.chosen.pods(case.story)
    if not pods:
        return no_subject(case, case.expectation.target)
    options, inside = case.expectation.options, _window(case)
    names = {pod.key for pod in pods}
    pattern = re.compile(str(options["matches"]) if "matches" in options else re.escape(str(options["contains"])))

    def matches(line: LogLine) -> bool:
        if not line.pod or Key("Pod", line.namespace, line.pod) not in names:
            return False
        return glob_matches(line.container, case.chosen.container or "*") and inside(line.t) and bool(pattern.search(line.line))

    lines = [line for line in case.story.snapshot.logs() if matches(line)]
    texts = [f"pod/{line.pod} {line.container} at {instant(line.t)}: {line.line}" for line in lines]
    if _bounds(case, "count").hold(len(lines)):
        return Finding(True, few(texts) or ("no such line was printed",))
    if not lines:
        return Finding(False, ("no such line was printed",), pods[0].key, case.end)
    return Finding(False, (f"{len(lines)} lines", *few(texts)), Key("Pod", lines[0].namespace, lines[0].pod), lines[0].t)


# ---- metrics and requests


def expected_metric(case: Case) -> str:
    """What is expected, in words."""
    of = case.expectation.options.get("of")
    unit = metric(case.expectation.target).unit
    return f"{case.expectation.target}{f' of {of}' if of else ''} is {_bounds(case)}{f' {unit}' if unit else ''}"


def measured(case: Case) -> Finding:
    """Whether a metric is within bounds, for each workload or Service that has it."""
    row = metric(case.expectation.target)
    if "of" in case.expectation.options:
        check(case.chosen, case.story)
    values = readings(case.story, row, case.chosen)
    if not values:
        return Finding(False, (f"{row.name} cannot be measured: no matching object",))
    unit = f" {row.unit}" if row.unit else ""
    texts = {one: f"{one.subject}: " + (f"{one.value:g}{unit}" if one.value is not None else "not within the run") for one in values}
    failures = [one for one in values if not _bounds(case).hold(one.value)]
    if not failures:
        return Finding(True, few(list(texts.values())))
    return Finding(False, few([texts[one] for one in failures]), failures[0].key, _too_long(case, failures[0].key, row.unit))


def _too_long(case: Case, key: Key | None, unit: str) -> int:
    """When a duration exceeded its bound; for other numbers, the end of the run."""
    most = _bounds(case).most
    writes = case.story.snapshot.writes(key) if key is not None else []
    if unit != "s" or most is None or not writes:
        return case.end
    return min(case.end, writes[0].t + round(most * SECOND))


def expected_requests(case: Case) -> str:
    """What is expected, in words."""
    return f"every request to {case.expectation.target} is answered{when(case)}"


def no_request_lost(case: Case) -> Finding:
    """Whether every request of the simulated clients was answered. Without traffic there is no evidence, which is a failure."""
    if not case.chosen.services(case.story):
        return no_subject(case, case.expectation.target)
    begin, end = case.window.begin, case.window.end or 0
    calls = [one for one in traffic(case.story.snapshot) if case.chosen.fits(one.service)]
    every = [(one.service, second) for one in calls for second in one.seconds]
    seconds = [(key, second) for key, second in every if begin < (second.begin + 1) * SECOND and second.begin * SECOND <= end]
    if not seconds:
        return Finding(False, (f"no traffic to {case.expectation.target} in this run{when(case)}: add `traffic` to the Scenario",))
    lost = [(key, second, _lost(second.counts)) for key, second in seconds if second.has_failures]
    sent = sum(sum(second.counts.values()) for _, second in seconds)
    if not lost:
        return Finding(True, (f"{sent} requests, all answered",))
    texts = [f"{case.name(key)}: {count} in second {second.begin}: {'; '.join(second.reasons)}" for key, second, count in lost]
    total = f"{sum(count for _, _, count in lost)} of {sent} requests were lost"
    return Finding(False, (total, *few(texts)), lost[0][0], min((lost[0][1].begin + 1) * SECOND, case.end))


def _lost(counts: dict[str, int]) -> int:
    return sum(count for result, count in counts.items() if result != WELL)
