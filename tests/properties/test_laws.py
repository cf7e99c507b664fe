"""Laws that hold for every pod, whatever its spec and its containers do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings

from simulator.journal import Journal
from simulator.journal.lines import dump
from simulator.journal.records import Write
from simulator.objects.kinds import to_builtins
from simulator.objects.pod import Pod
from simulator.units import MILLISECOND, SECOND
from tests.depth import tries
from tests.properties.worlds import World, worlds

EXAMPLES = tries(40)
STOP_TIME = 50 * MILLISECOND
"""The most time between the log line about a stop and the stop."""


def pods(journal: Journal) -> Iterator[Pod]:
    return (record.item for record in journal if isinstance(record, Write) and isinstance(record.item, Pod))


def sidecars(pod: Pod) -> set[str]:
    return {c.name for c in pod.spec.init_containers if c.restart_policy == "Always"}


def runs_of(journal: Journal) -> list[tuple[str, int, int]]:
    """Name, start and end (ns) of every run of a container."""
    open_: dict[str, int] = {}
    runs = []
    for fact in journal.at().facts("container."):
        name = str(fact.data["container"])
        if fact.what == "container.started":
            open_[name] = fact.t
        elif name in open_:
            runs.append((name, open_.pop(name), fact.t))
    return [*runs, *((name, start, journal.end) for name, start in open_.items())]


def restart_counts_never_fall(_: World, journal: Journal) -> None:
    seen: dict[str, int] = {}
    for pod in pods(journal):
        for status in (*pod.status.init_container_statuses, *pod.status.container_statuses):
            assert status.restart_count >= seen.get(status.name, 0)
            seen[status.name] = status.restart_count


def a_terminal_phase_is_final(_: World, journal: Journal) -> None:
    phases = [pod.status.phase for pod in pods(journal)]
    for before, after in pairwise(phases):
        assert before not in ("Succeeded", "Failed") or after == before


def ready_implies_that_every_container_is_ready(_: World, journal: Journal) -> None:
    for pod in pods(journal):
        conditions = {c.type: c.status == "True" for c in pod.status.conditions}
        if conditions.get("Ready"):
            assert conditions["ContainersReady"]
        if conditions.get("ContainersReady"):
            needed = sidecars(pod) | {c.name for c in pod.spec.containers}
            ready = {c.name for c in (*pod.status.init_container_statuses, *pod.status.container_statuses) if c.ready}
            assert needed <= ready


def init_containers_never_run_beside_regular_ones(_: World, journal: Journal) -> None:
    pod = next(pods(journal))
    regular = {c.name for c in pod.spec.containers}
    init = {c.name for c in pod.spec.init_containers} - sidecars(pod)
    runs = runs_of(journal)
    for name, start, end in runs:
        if name in init:
            assert not [other for other, begin, stop in runs if other in regular and begin < end and start < stop]


def no_container_outlives_its_grace_period(_: World, journal: Journal) -> None:
    runs = runs_of(journal)
    for line in journal.at().logs():
        match = re.search(r'"Killing container with a grace period".* containerName="([^"]*)".* gracePeriod=(\d+)', line.line)
        if match is None:
            continue
        latest = line.t + int(match[2]) * SECOND + STOP_TIME
        ends = [end for name, start, end in runs if name == match[1] and start <= line.t <= end]
        assert all(end <= latest or latest > journal.end for end in ends)


def revisions_and_times_never_go_back(_: World, journal: Journal) -> None:
    times = [record.t for record in journal]
    revisions = [record.revision for record in journal if isinstance(record, Write)]
    assert times == sorted(times)
    assert revisions == sorted(set(revisions))


def the_same_seed_gives_the_same_bytes(world: World, journal: Journal) -> None:
    assert list(dump(world.play())) == list(dump(journal))


def a_look_at_an_instant_does_not_know_the_future(_: World, journal: Journal) -> None:
    for t in (0, 1_234 * MILLISECOND, 17 * SECOND, journal.end):
        cut = Journal(journal.header, [record for record in journal if record.t <= t])
        assert [to_builtins(item) for item in cut.at(t).all()] == [to_builtins(item) for item in journal.at(t).all()]
        assert cut.at(t).logs() == journal.at(t).logs()
        assert cut.at(t).facts() == journal.at(t).facts()


LAWS: list[Callable[[World, Journal], None]] = [
    restart_counts_never_fall,
    a_terminal_phase_is_final,
    ready_implies_that_every_container_is_ready,
    init_containers_never_run_beside_regular_ones,
    no_container_outlives_its_grace_period,
    revisions_and_times_never_go_back,
    the_same_seed_gives_the_same_bytes,
    a_look_at_an_instant_does_not_know_the_future,
]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(world=worlds())
def test_law(law: Callable[[World, Journal], None], world: World) -> None:
    law(world, world.play())
