"""Programs with which containers behave like the observed ones. Pure.

Observed times are whole seconds: a difference of two is right to a second. The opening of a port is only known to lie between two
ticks of a probe; the middle between them reproduces both.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from statistics import median_low
from typing import NamedTuple

from simulator.calibrate.container_history import ContainerHistory, Start, Stop
from simulator.container.program import ExecRule, HttpRule, Listen, Run, Term
from simulator.engine.durations import ZERO, Choice, Duration, Fixed
from simulator.kubelet.prober.client import port_number
from simulator.objects.container import Container
from simulator.objects.probes import Probe
from simulator.objects.process import SIGKILL_EXIT
from simulator.scenario.guesses import work_of
from simulator.units import MILLISECOND, SECOND

AT_ONCE = 500 * MILLISECOND
"""What a difference of 0 seconds is written as: the middle of what it may have been."""
LONGEST_MESSAGE = 200
START_ERRORS = ("StartError", "ContainerCannotRun")
STATUS_CODE = re.compile(r"HTTP probe failed with statuscode: (\d+)")
MOST_RUNS = 50


class ProgramEstimate(NamedTuple):
    """The runs of a workload's containers, and the evidence in words. `pod`: only of this one."""

    runs: tuple[Run, ...]
    reason: str
    pod: str = ""


class Shape(NamedTuple):
    """What containers with one program have in common: the number of restarts, and for each start whether it exited by itself, and how."""

    restarts: int
    exits: tuple[tuple[bool, int], ...]


class Outage(NamedTuple):
    """A probe fails from `begin` to `end` of a run (ns; None: forever). `output`: what it printed."""

    probe: Probe
    output: str
    begin: int
    end: int | None


def estimates(group: Sequence[ContainerHistory]) -> list[ProgramEstimate]:
    """What the containers of one name in one workload did: one program for all, or one for each where their pods keep their names."""
    started = [item for item in group if item.starts]
    if not started:
        return []
    shapes = Counter(_shape(item) for item in started)
    if len(shapes) > 1 and all(item.has_stable_name for item in started):
        return [ProgramEstimate(_merged([item]), _reason([item]), item.pod.metadata.name) for item in started]
    # Pods with random names are indistinguishable: the most frequent shape represents all of them, of equally frequent ones the larger.
    shape = max(shapes, key=lambda shape: (shapes[shape], shape))
    same = [item for item in started if _shape(item) == shape]
    rest = f"; {len(started) - len(same)} others behaved differently" if len(same) < len(started) else ""
    return [ProgramEstimate(_merged(same), _reason(same) + rest)]


def _shape(item: ContainerHistory) -> Shape:
    return Shape(item.restarts, tuple((start.ended is not None and start.stop is None, start.exit_code) for start in item.starts))


def _merged(items: Sequence[ContainerHistory]) -> tuple[Run, ...]:
    """The runs of containers of one shape, with times that all share or a choice among the observed ones."""
    each = [_runs(item) for item in items]
    return tuple(_common(runs) for runs in zip(*each, strict=True))


def _common(runs: Sequence[Run]) -> Run:
    first = runs[0]
    exits = [run.exit_after for run in runs if run.exit_after is not None]
    listens = [
        rule._replace(from_=_common_time([run.listen[i].from_ for run in runs if len(run.listen) == len(first.listen)]))
        for i, rule in enumerate(first.listen)
    ]
    return first._replace(exit_after=_common_time(exits) if exits else None, listen=tuple(listens))


def _common_time(values: Sequence[Duration]) -> Duration:
    """One time for several: the median when they agree to the second, else a choice among them."""
    times = sorted(value.median() for value in values)
    return Fixed(median_low(times)) if times[-1] - times[0] <= SECOND else Choice(tuple(times))


def _runs(item: ContainerHistory) -> tuple[Run, ...]:
    """A run for each start; starts before the oldest known one are assumed to be like it."""
    starts = list(item.starts)
    if len(starts) > 1 and starts[-1].ended is None and _is_unhealthy(starts[-1]) and _is_unhealthy(starts[-2]):
        # It is about to end like the one before, which is known completely.
        starts.pop()
    known = [_run(item, start) for start in starts]
    # A container in back-off has no present start: the last one that ended repeats.
    unknown = item.restarts + 1 - len(known)
    runs = [known[0]] * max(0, min(unknown, MOST_RUNS)) + known
    while len(runs) > 1 and runs[-1] == runs[-2]:
        runs.pop()
    return tuple(runs)


def _is_unhealthy(start: Start) -> bool:
    return start.stop is not None and start.stop.unhealthy


def _run(item: ContainerHistory, start: Start) -> Run:
    if start.reason in START_ERRORS:
        return Run(start_error=start.message or "failed to start")
    if start.stop is not None:
        return _stopped(item, start, start.stop)
    if start.ended is None:
        return _serving(item)
    default = "Completed" if start.exit_code == 0 else "Error"
    return Run(
        # A container that is ready now served in the run before, too: its liveness probe let it run.
        listen=_serving(item).listen if item.ready is not None else (),
        exit_after=Fixed(max(start.ended - start.began, 0) or AT_ONCE),
        exit_code=start.exit_code,
        reason="" if start.reason == default else start.reason,
        message=start.message if len(start.message) <= LONGEST_MESSAGE else "",
    )


def _stopped(item: ContainerHistory, start: Start, stop: Stop) -> Run:
    """A run that SIGTERM ended: how it reacted to the signal, and since when its liveness probe failed if that was the reason."""
    run = Run(listen=_serving(item).listen)
    if start.ended is not None:
        ignores = start.exit_code == SIGKILL_EXIT
        run = run._replace(term=Term(ignore=True) if ignores else Term(Fixed(start.ended - stop.time), start.exit_code))
    probe = item.container.liveness_probe
    if not stop.unhealthy or probe is None:
        return run
    timing = probe.timing
    begin = max(stop.time - start.began - (timing.failures - 1) * timing.period - timing.period // 2, 0)
    outputs = [failure.output for failure in item.failures if failure.probe == "liveness"]
    return _with_outage(run, item.container, Outage(probe, outputs[-1] if outputs else "", begin, None))


def _serving(item: ContainerHistory) -> Run:
    """When its ports opened and its probes succeeded in its last start; earlier starts are assumed to be the same."""
    usual, start = work_of(item.pod, item.container).run, item.starts[-1]
    run = Run(listen=usual.listen, term=usual.term)
    probe = item.container.startup_probe or item.container.readiness_probe
    if probe is None or start.ended is not None:
        return run
    kinds = ("startup", "readiness") if item.container.startup_probe is not None else ("readiness",)
    # In the second of a restart, the probe failed because the run before had ended.
    since = start.began + (SECOND if len(item.starts) > 1 else 0)
    failures = [f for f in item.failures if f.probe in kinds and since <= f.last and (item.ready is None or f.last <= item.ready)]
    output = max(failures, key=lambda failure: failure.last).output if failures else ""
    if item.ready is None:
        return _with_outage(run, item.container, Outage(probe, output, 0, None)) if failures else run
    age = max(item.ready - start.began, 0)
    if not failures:
        # The first probe succeeded; until then it had some time, and is assumed to have needed the usual one.
        usual_time = run.listen[0].from_.median() if run.listen else 0
        return run._replace(listen=tuple(rule._replace(from_=Fixed(min(usual_time, age // 2))) for rule in run.listen))
    last = max(failure.last for failure in failures) - start.began
    return _with_outage(run, item.container, Outage(probe, output, 0, max((last + age) // 2, 0) or AT_ONCE))


def _with_outage(run: Run, container: Container, outage: Outage) -> Run:
    """The run in which the probe fails in the way its output shows: by a status, by no answer in time, by an exit code, or refused."""
    probe, output, begin, end = outage
    window = (ZERO if begin == 0 else Fixed(begin), None if end is None else Fixed(end))
    port = port_number(container, probe.port) if probe.port is not None else None
    status = STATUS_CODE.search(output)
    if probe.http_get is not None and (status is not None or "deadline exceeded" in output):
        path = (probe.http_get.path or "/").partition("?")[0]
        delay = Fixed(probe.timing.timeout + SECOND) if status is None else ZERO
        rule = HttpRule(path, port, *window, int(status[1]) if status else 200, delay)
        listen = tuple(listen._replace(from_=ZERO) for listen in run.listen) if begin == 0 else run.listen
        return run._replace(listen=listen, http=(*run.http, rule))
    if probe.exec is not None:
        return run._replace(exec=(*run.exec, ExecRule(" ".join(probe.exec.command), *window, 1, output)))
    if begin == 0 and end is None:
        return run._replace(listen=tuple(rule for rule in run.listen if rule.port != port))
    if begin == 0:
        assert end is not None
        return run._replace(listen=tuple(rule._replace(from_=Fixed(end)) for rule in run.listen))
    return run._replace(listen=tuple(_until(rule, begin) if rule.port == port else rule for rule in run.listen))


def _until(rule: Listen, end: int) -> Listen:
    return rule._replace(from_=Fixed(min(rule.from_.median(), end // 2)), to=Fixed(end))


def _reason(items: Sequence[ContainerHistory]) -> str:
    """In how many pods this was seen, and what of it was not seen."""
    first = items[0]
    count = f"seen in {len(items)} pods" if len(items) > 1 else "seen in 1 pod"
    is_incomplete = first.restarts + 1 > len(first.starts)
    starts = f"; {first.restarts} restarts, the last {len(first.starts)} starts known" if is_incomplete else ""
    unseen = ""
    if any(start.ended is None for start in first.starts) and first.ready is None:
        unseen = "; it was not ready"
    elif first.starts[-1].ended is None and not (first.container.readiness_probe or first.container.startup_probe) and _listens(first):
        unseen = "; no probe shows when its ports opened"
    return count + starts + unseen


def _listens(item: ContainerHistory) -> bool:
    return bool(work_of(item.pod, item.container).run.listen)
