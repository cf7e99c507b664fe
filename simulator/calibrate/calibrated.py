"""Runs of containers that would look as the observed ones did. Pure.

Observed times are whole seconds: a difference of two is right to a second. Where a probe tells when a port opened, only the probe's ticks
before and after are known; the middle between them reproduces both.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from statistics import median_low
from typing import NamedTuple

from simulator.calibrate.observed import Seen, Start
from simulator.container.program import ExecRule, HttpRule, Listen, Run, Term
from simulator.engine.durations import ZERO, Choice, Duration, Fixed
from simulator.objects.container import Container
from simulator.objects.probes import Probe
from simulator.scenario.inference import work_of
from simulator.units import MILLISECOND, SECOND

AT_ONCE = 500 * MILLISECOND
"""What is written for a difference of 0 seconds: the middle of what it may have been."""
LONGEST_MESSAGE = 200
START_ERRORS = ("StartError", "ContainerCannotRun")
STATUS_CODE = re.compile(r"HTTP probe failed with statuscode: (\d+)")
MOST_RUNS = 50


class Calibrated(NamedTuple):
    """What containers of a workload did: runs, in words why, and of how many containers that was seen. `pod`: only of this one."""

    runs: tuple[Run, ...]
    reason: str
    pod: str = ""


def calibrated(group: Sequence[Seen]) -> list[Calibrated]:
    """What the containers of one name in one workload did: one program for all, or one for each where their pods keep their names."""
    started = [item for item in group if item.starts]
    if not started:
        return []
    shapes = Counter(_shape(item) for item in started)
    if len(shapes) > 1 and all(item.stable for item in started):
        return [Calibrated(_merged([item]), _reason([item]), item.pod.metadata.name) for item in started]
    # Of pods that differ and have random names, the most frequent shape stands for all; of equals, the one with most restarts.
    shape = max(shapes, key=lambda shape: (shapes[shape], shape))
    same = [item for item in started if _shape(item) == shape]
    rest = f"; {len(started) - len(same)} others did something else" if len(same) < len(started) else ""
    return [Calibrated(_merged(same), _reason(same) + rest)]


def _shape(item: Seen) -> tuple[int, tuple[tuple[bool, int], ...]]:
    """What must be the same of containers that one program describes: how often they started, and how they ended."""
    return item.restarts, tuple((start.ended is not None and start.asked is None, start.exit_code) for start in item.starts)


def _merged(items: Sequence[Seen]) -> tuple[Run, ...]:
    """The runs of containers of one shape, with times that are common to all or chosen among those that were seen."""
    each = [_runs(item) for item in items]
    return tuple(_common(runs) for runs in zip(*each, strict=True))


def _common(runs: Sequence[Run]) -> Run:
    first = runs[0]
    exits = [run.exit_after for run in runs if run.exit_after is not None]
    listens = [
        rule._replace(from_=_together([run.listen[i].from_ for run in runs if len(run.listen) == len(first.listen)]))
        for i, rule in enumerate(first.listen)
    ]
    return first._replace(exit_after=_together(exits) if exits else None, listen=tuple(listens))


def _together(values: Sequence[Duration]) -> Duration:
    """One time for several: the median when they agree to the second, else a choice among them."""
    times = sorted(value.median() for value in values)
    return Fixed(median_low(times)) if times[-1] - times[0] <= SECOND else Choice(tuple(times))


def _runs(item: Seen) -> tuple[Run, ...]:
    """A run for each start; those that nobody remembers were as the oldest that is known."""
    starts = list(item.starts)
    if len(starts) > 1 and starts[-1].ended is None and starts[-1].unhealthy and starts[-2].unhealthy:
        # It is about to go the way of the one before, of which all is known.
        starts.pop()
    known = [_run(item, start) for start in starts]
    # A container in back-off has no present start: the last that ended is what repeats.
    unknown = item.restarts + 1 - len(known)
    runs = [known[0]] * max(0, min(unknown, MOST_RUNS)) + known
    while len(runs) > 1 and runs[-1] == runs[-2]:
        runs.pop()
    return tuple(runs)


def _run(item: Seen, start: Start) -> Run:
    if start.reason in START_ERRORS:
        return Run(start_error=start.message or "failed to start")
    if start.asked is not None:
        return _stopped(item, start, Run(listen=_served(item).listen))
    if start.ended is None:
        return _served(item)
    default = "Completed" if start.exit_code == 0 else "Error"
    return Run(
        exit_after=Fixed(max(start.ended - start.began, 0) or AT_ONCE),
        exit_code=start.exit_code,
        reason="" if start.reason == default else start.reason,
        message=start.message if len(start.message) <= LONGEST_MESSAGE else "",
    )


def _stopped(item: Seen, start: Start, run: Run) -> Run:
    """It did not end by itself: how it took the signal, and since when its liveness probe failed if that was why."""
    assert start.asked is not None
    if start.ended is not None:
        takes = Fixed(start.ended - start.asked)
        run = run._replace(term=Term(ignore=True) if start.exit_code == 137 else Term(takes, start.exit_code))
    probe = item.container.liveness_probe
    if not start.unhealthy or probe is None:
        return run
    threshold, period = probe.failure_threshold or 3, (probe.period_seconds or 10) * SECOND
    failing = max(start.asked - start.began - (threshold - 1) * period - period // 2, 0)
    failures = [failure for failure in item.failures if failure.probe == "liveness"]
    return _failing(run, item.container, probe, failures[-1].output if failures else "", failing, None)


def _served(item: Seen) -> Run:
    """When its ports opened and its probes succeeded, as its last start showed; starts before that are taken to have been the same."""
    base, start = work_of(item.pod, item.container).run, item.starts[-1]
    run = Run(listen=base.listen, term=base.term)
    probe = item.container.startup_probe or item.container.readiness_probe
    if probe is None or start.ended is not None:
        return run
    kinds = ("startup", "readiness") if item.container.startup_probe is not None else ("readiness",)
    failures = [f for f in item.failures if f.probe in kinds and start.began <= f.last and (item.ready is None or f.last <= item.ready)]
    output = max(failures, key=lambda failure: failure.last).output if failures else ""
    if item.ready is None:
        return _failing(run, item.container, probe, output, 0, None) if failures else run
    age = max(item.ready - start.began, 0)
    if not failures:
        # The first probe went well; until then it had some time, and is taken to have needed the usual one.
        usual = run.listen[0].from_.median() if run.listen else 0
        return run._replace(listen=tuple(rule._replace(from_=Fixed(min(usual, age // 2))) for rule in run.listen))
    last = max(failure.last for failure in failures) - start.began
    return _failing(run, item.container, probe, output, 0, max((last + age) // 2, 0) or AT_ONCE)


def _failing(run: Run, container: Container, probe: Probe, output: str, begin: int, end: int | None) -> Run:
    """A probe that fails from `begin` to `end` (None: for ever), as its output says why."""
    window = (ZERO if begin == 0 else Fixed(begin), None if end is None else Fixed(end))
    status = STATUS_CODE.search(output)
    if probe.http_get is not None and (status is not None or "deadline exceeded" in output):
        port = _number(container, probe.http_get.port)
        path = (probe.http_get.path or "/").partition("?")[0]
        late = Fixed((probe.timeout_seconds or 1) * SECOND + SECOND) if status is None else ZERO
        rule = HttpRule(path, port, *window, int(status[1]) if status else 200, late)
        early = tuple(listen._replace(from_=ZERO) for listen in run.listen) if begin == 0 else run.listen
        return run._replace(listen=early, http=(*run.http, rule))
    if probe.exec is not None:
        return run._replace(exec=(*run.exec, ExecRule(" ".join(probe.exec.command), *window, 1, output)))
    asked = _number(container, _port(probe))
    if begin == 0 and end is None:
        return run._replace(listen=tuple(rule for rule in run.listen if rule.port != asked))
    if begin == 0:
        assert end is not None
        return run._replace(listen=tuple(rule._replace(from_=Fixed(end)) for rule in run.listen))
    return run._replace(listen=tuple(_until(rule, begin) if rule.port == asked else rule for rule in run.listen))


def _until(rule: Listen, end: int) -> Listen:
    return rule._replace(from_=Fixed(min(rule.from_.median(), end // 2)), to=Fixed(end))


def _port(probe: Probe) -> int | str | None:
    if probe.http_get is not None:
        return probe.http_get.port
    if probe.tcp_socket is not None:
        return probe.tcp_socket.port
    return probe.grpc.port if probe.grpc is not None else None


def _number(container: Container, port: int | str | None) -> int | None:
    if isinstance(port, str):
        return next((named.container_port for named in container.ports if named.name == port), None)
    return port


def _reason(items: Sequence[Seen]) -> str:
    """Of what this was seen, and what of it was not."""
    first = items[0]
    many = f"seen in {len(items)} pods" if len(items) > 1 else "seen in 1 pod"
    unknown = first.restarts + 1 - len(first.starts)
    told = f"; {first.restarts} restarts, the last {len(first.starts)} starts known" if unknown > 0 else ""
    unseen = ""
    if any(start.ended is None for start in first.starts) and first.ready is None:
        unseen = "; it was not ready"
    elif first.starts[-1].ended is None and not (first.container.readiness_probe or first.container.startup_probe) and _listens(first):
        unseen = "; no probe saw when its ports opened"
    return many + told + unseen


def _listens(item: Seen) -> bool:
    return bool(work_of(item.pod, item.container).run.listen)
