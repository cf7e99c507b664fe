"""The arithmetic of probes against simulation: programs that hang, or that start at the bounds and beyond."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.advice.budget import (
    SYNC,
    Numbers,
    Window,
    first_probe,
    killed_after,
    killed_if_not_answering,
    killed_if_not_listening,
    numbers,
    reachable_after,
    ready_after,
    stopping,
    unready_after,
    visible_after,
)
from simulator.advice.container_budget import RESTART
from simulator.dialect import Dialect
from simulator.journal import Snapshot
from simulator.metrics import Story
from simulator.objects.container import Container
from simulator.objects.probes import Probe
from simulator.units import MILLISECOND, SECOND
from tests.metrics.worlds import deployment, played, program, service

RELEASES = ("1.34", "1.36")
"""Before and since the kubelet looks again at once after a sync that did something."""
SLACK = 20 * MILLISECOND
"""Between the result of a probe and the signal: the decision of a sync and the call that stops (SYNC_WORK, STOP_WORK, runtime)."""
ASK = {"httpGet": {"path": "/", "port": 80}}


class Case(NamedTuple):
    """A probe's settings, the seed and how long the image takes: both move the start of the container against the probe's ticks."""

    probe: dict[str, Any]
    seed: int
    pull: int
    release: str = RELEASES[-1]

    @property
    def visible(self) -> Window:
        return visible_after(1 * SECOND, Dialect(self.release))

    @property
    def numbers(self) -> Numbers:
        return numbers(msgspec.convert(self.probe, Probe))


probes = st.fixed_dictionaries(
    {
        "initialDelaySeconds": st.integers(0, 15),
        "periodSeconds": st.integers(1, 12),
        "failureThreshold": st.integers(1, 5),
        "timeoutSeconds": st.integers(1, 15),
    }
)
cases = st.builds(Case, probes, st.integers(0, 10_000), st.integers(0, 12_000), st.sampled_from(RELEASES))


def play(case: Case, run: dict[str, Any], duration: int, **container: Any) -> Snapshot:
    """One pod that does `run` in every start, for so many nanoseconds."""
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p"},
        "spec": {"containers": [{"name": "main", "image": "app:1", **container}]},
    }
    with TemporaryDirectory() as folder:
        images = {"*": {"pull": f"{case.pull}ms"}}
        longest = f"{duration // MILLISECOND + 30_000}ms"
        return played(
            Path(folder), pod, images=images, programs=[program(**run)], seed=case.seed, duration=longest, kubernetes=case.release
        ).at()


def killed(snapshot: Snapshot) -> int | None:
    """From the first start of the container to its first signal."""
    start = next(fact.t for fact in snapshot.facts("container.started"))
    return next((fact.t - start for fact in snapshot.facts("container.signalled")), None)


def ready(snapshot: Snapshot) -> int | None:
    """From the start of the container until the pod was ready."""
    start = next(fact.t for fact in snapshot.facts("container.started"))
    lanes = Story(snapshot).pods[0].lane.ready
    return lanes[0].begin - start if lanes else None


def within(value: int | None, window: Window, slack: int = SLACK) -> bool:
    return value is not None and window.low <= value <= window.high + slack


@pytest.mark.parametrize("sort", ["startupProbe", "livenessProbe"])
@settings(max_examples=40, deadline=None)
@given(case=cases)
def test_what_never_listens_is_killed_in_the_window(sort: str, case: Case) -> None:
    window = killed_if_not_listening(case.numbers, case.visible)
    assert within(killed(play(case, {}, window.high, **{sort: {**ASK, **case.probe}})), window)


@settings(max_examples=40, deadline=None)
@given(case=cases)
def test_what_never_answers_is_killed_in_the_window(case: Case) -> None:
    window = killed_if_not_answering(case.numbers, case.visible)
    mute = {"listen": [{"port": 80}], "http": [{"delay": "1h"}]}
    assert within(killed(play(case, mute, window.high, startupProbe={**ASK, **case.probe})), window)


@settings(max_examples=40, deadline=None)
@given(case=cases, since=st.integers(20_000, 60_000))
def test_what_hangs_after_being_healthy_is_killed_in_the_window(case: Case, since: int) -> None:
    window = killed_after(case.numbers).shifted(since * MILLISECOND)
    hangs = {"listen": [{"port": 80}], "http": [{"from": f"{since}ms", "delay": "1h"}]}
    assert within(killed(play(case, hangs, window.high, livenessProbe={**ASK, **case.probe})), window)


@settings(max_examples=40, deadline=None)
@given(case=cases)
def test_a_start_just_within_the_budget_is_never_killed(case: Case) -> None:
    low = killed_if_not_listening(case.numbers, case.visible).low
    run = {"listen": [{"port": 80, "from": f"{max(low // MILLISECOND - 1, 0)}ms"}]}
    assert killed(play(case, run, low + 60 * SECOND, startupProbe={**ASK, **case.probe})) is None


@settings(max_examples=40, deadline=None)
@given(case=cases)
def test_a_start_just_beyond_the_window_is_always_killed(case: Case) -> None:
    high = killed_if_not_listening(case.numbers, case.visible).high
    run = {"listen": [{"port": 80, "from": f"{high // MILLISECOND + 1}ms"}]}
    assert killed(play(case, run, high, startupProbe={**ASK, **case.probe})) is not None


@settings(max_examples=60, deadline=None)
@given(case=cases, answers=st.integers(0, 20_000), successes=st.integers(1, 3), has_startup=st.booleans(), startup_delay=st.integers(0, 8))
def test_a_container_is_ready_in_the_window(case: Case, answers: int, successes: int, has_startup: bool, startup_delay: int) -> None:
    readiness = {**case.probe, "successThreshold": successes}
    startup = {"periodSeconds": 3, "failureThreshold": 60, "initialDelaySeconds": startup_delay}
    window = ready_after(
        answers * MILLISECOND,
        case._replace(probe=readiness).numbers,
        case._replace(probe=startup).numbers if has_startup else None,
        case.visible,
    )
    more = {"startupProbe": {**ASK, **startup}} if has_startup else {}
    run = {"listen": [{"port": 80, "from": f"{answers}ms"}]}
    assert within(ready(play(case, run, window.high, readinessProbe={**ASK, **readiness}, **more)), window)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("delay", [0, 7])
def test_both_ends_of_the_window_are_reached(delay: int, release: str) -> None:
    """Tight: over many phases of start and ticks, kills come within a sixth of the window of either end."""
    probe = {"initialDelaySeconds": delay, "periodSeconds": 8, "failureThreshold": 2, "timeoutSeconds": 1}
    kills = []
    for i in range(80):
        case = Case(probe, i, 1000 + i * 137, release)
        window = killed_if_not_listening(case.numbers, case.visible)
        kills.append(killed(play(case, {}, window.high, startupProbe={**ASK, **probe})) or 0)
    sixth = (window.high - window.low) // 6
    assert min(kills) < window.low + sixth
    assert max(kills) > window.high - sixth
    assert first_probe(case.numbers, case.visible).high - first_probe(case.numbers, case.visible).low <= 11 * SECOND


@pytest.mark.parametrize(
    ("lifecycle", "grace", "hook", "left"),
    [
        ({}, 30, (0, 0), (30, 30)),
        ({"preStop": {"sleep": {"seconds": 5}}}, 30, (5, 5), (25, 25)),
        ({"preStop": {"exec": {"command": ["sh", "-c", "sleep 20; nginx -s quit"]}}}, 30, (20, 20), (10, 10)),
        ({"preStop": {"exec": {"command": ["/bin/sleep", "40"]}}}, 30, (30, 30), (2, 2)),
        ({"preStop": {"httpGet": {"path": "/bye", "port": 80}}}, 30, (0, 30), (2, 30)),
        ({"preStop": {"sleep": {"seconds": 5}}}, 0, (0, 0), (2, 2)),
    ],
)
def test_what_pre_stop_leaves(lifecycle: dict[str, Any], grace: int, hook: tuple[int, int], left: tuple[int, int]) -> None:
    container = msgspec.convert({"name": "main", "lifecycle": lifecycle}, Container)
    stop = stopping(container, grace * SECOND)
    assert stop.hook == Window(hook[0] * SECOND, hook[1] * SECOND)
    assert stop.left == Window(left[0] * SECOND, left[1] * SECOND)


HANGS_AT = 40 * SECOND


@settings(max_examples=40, deadline=None)
@given(case=cases, delay=st.integers(0, 12), grace=st.integers(0, 8), sleep=st.integers(0, 6))
def test_what_hangs_runs_again_in_the_window(case: Case, delay: int, grace: int, sleep: int) -> None:
    """Whatever the program does about SIGTERM: the hook and the grace period of its probe bound it."""
    lifecycle = {"preStop": {"sleep": {"seconds": sleep}}} if sleep else {}
    stop = stopping(msgspec.convert({"name": "main", "lifecycle": lifecycle}, Container), (grace or 30) * SECOND)
    window = killed_after(case.numbers).shifted(HANGS_AT + stop.takes.low, HANGS_AT + stop.takes.high + RESTART)
    run = {"listen": [{"port": 80}], "http": [{"from": "40s", "delay": "1h"}], "term": {"delay": f"{delay}s"}}
    probe = {**ASK, **case.probe, **({"terminationGracePeriodSeconds": grace} if grace else {})}
    snapshot = play(case._replace(pull=0), run, window.high, livenessProbe=probe, lifecycle=lifecycle)
    starts = [fact.t for fact in snapshot.facts("container.started")]
    assert within(starts[1] - starts[0] if len(starts) > 1 else None, window)


@settings(max_examples=40, deadline=None)
@given(case=cases)
def test_what_hangs_is_out_of_its_services_in_the_window(case: Case) -> None:
    window = unready_after(case.numbers).shifted(HANGS_AT)
    run = {"listen": [{"port": 80}], "http": [{"from": "40s", "delay": "1h"}]}
    snapshot = play(case, run, window.high, readinessProbe={**ASK, **case.probe})
    start = next(fact.t for fact in snapshot.facts("container.started"))
    gone = Story(snapshot).pods[0].lane.ready[0].end
    assert within(gone - start if gone is not None else None, window, SYNC)


@settings(max_examples=20, deadline=None)
@given(case=cases, sync=st.integers(0, 5))
def test_a_container_is_reachable_in_the_window(case: Case, sync: int) -> None:
    ready_in = ready_after(SECOND, case.numbers, None, case.visible)
    window = reachable_after(ready_in, 100 * MILLISECOND, sync * SECOND)
    item = deployment("web", ports=[{"containerPort": 80}], readinessProbe={**ASK, **case.probe})
    with TemporaryDirectory() as folder:
        scenario = {"images": {"*": {"pull": f"{case.pull}ms"}}, "seed": case.seed, "kubernetes": case.release, "duration": "90s"}
        network = {"network": {"proxySync": f"{sync}s"}}
        does = program(listen=[{"port": 80, "from": "1s"}])
        snapshot = played(Path(folder), item, service("web"), programs=[does], cluster=network, **scenario).at()
    start = next(fact.t for fact in snapshot.facts("container.started"))
    first = next((fact.t for fact in snapshot.facts("proxy.programmed") if fact.about.name == "web" and fact.data["ready"]), None)
    assert within(first - start if first is not None else None, window)
