"""What becomes of events that repeat, resemble each other, or are too many."""

from __future__ import annotations

import pytest

from simulator.client.correlator import Correlator, Observation
from simulator.units import MINUTE, SECOND

WHO = ("kubelet", "minikube", "pods", "default", "web", "uid")


def seen(message: str, *, reason: str = "Unhealthy", type_: str = "Warning", path: str = "spec.containers{web}") -> Observation:
    return Observation(WHO, path, type_, reason, message)


@pytest.mark.rule("EVT-01")
def test_equal_events_are_counted() -> None:
    correlator = Correlator(spam_by_type=True)
    counts = [correlator.correlate(seen("refused"), t * SECOND).repeats for t in range(3)]
    assert counts == [1, 2, 3]
    assert correlator.correlate(seen("refused", path="spec.containers{other}"), 3 * SECOND).repeats == 1
    assert correlator.correlate(seen("refused"), 4 * SECOND).first == 0


@pytest.mark.rule("EVT-02")
def test_the_tenth_message_of_a_kind_is_combined() -> None:
    correlator = Correlator(spam_by_type=True)
    found = [correlator.correlate(seen(f"take {i}"), i * SECOND) for i in range(12)]
    assert [outcome.aggregated for outcome in found] == [False] * 9 + [True] * 3
    assert found[9].message == "(combined from similar events): take 9"
    assert [outcome.repeats for outcome in found[9:]] == [1, 2, 3]
    assert len({outcome.key for outcome in found[9:]}) == 1


@pytest.mark.rule("EVT-02")
def test_ten_quiet_minutes_forget_what_was_similar() -> None:
    correlator = Correlator(spam_by_type=True)
    for i in range(12):
        correlator.correlate(seen(f"take {i}"), i * SECOND)
    assert not correlator.correlate(seen("take 12"), 11 * SECOND + 10 * MINUTE + 1).aggregated


@pytest.mark.rule("EVT-03")
def test_after_25_events_one_every_five_minutes_is_sent() -> None:
    correlator = Correlator(spam_by_type=True)
    sent = [correlator.correlate(seen("refused"), 0).sent for _ in range(30)]
    assert sent == [True] * 25 + [False] * 5
    assert not correlator.correlate(seen("refused"), 5 * MINUTE - 1).sent
    assert correlator.correlate(seen("refused"), 5 * MINUTE).sent
    assert not correlator.correlate(seen("refused"), 5 * MINUTE).sent


@pytest.mark.rule("EVT-03")
def test_a_filtered_event_was_counted() -> None:
    correlator = Correlator(spam_by_type=True)
    outcomes = [correlator.correlate(seen("refused"), 0) for _ in range(30)]
    assert outcomes[-1].repeats == 30


@pytest.mark.rule("EVT-03")
@pytest.mark.parametrize(("by_type", "sent"), [(True, True), (False, False)])
def test_since_1_32_warnings_leave_room_for_normal_events(by_type: bool, sent: bool) -> None:
    correlator = Correlator(spam_by_type=by_type)
    for _ in range(25):
        correlator.correlate(seen("refused"), 0)
    assert correlator.correlate(seen("Stopping", reason="Killing", type_="Normal"), 0).sent is sent
