"""Events expire some time after their last write: an hour, or `cluster.eventTTL`."""

from __future__ import annotations

from pathlib import Path

from simulator.objects.event import Event
from tests.kubelet.world import played


def test_events_live_for_an_hour_from_their_last_write_on(tmp_path: Path) -> None:
    crash = [{"match": {"container": "*"}, "runs": [{"exitAfter": "1s", "exitCode": 1}]}]
    journal = played(tmp_path, {}, programs=crash, duration="65m")
    left = {event.reason for event in journal.at().typed(Event) if event.involved_object.kind == "Pod"}
    assert "BackOff" in left
    assert "Scheduled" not in left
    before = {event.reason for event in journal.at(59 * 60 * 10**9).typed(Event)}
    assert "Started" in before
    assert {write.cause.rule for write in journal.at().writes() if write.type == "DELETED"} == {"event ttl"}


def test_a_scenario_sets_how_long_events_live(tmp_path: Path) -> None:
    journal = played(tmp_path, {}, duration="50s", cluster={"eventTTL": "30s"})
    gone = [write.t / 1e9 for write in journal.at().writes() if write.type == "DELETED"]
    assert gone
    assert all(30 <= t < 33 for t in gone)
    assert not list(journal.at().typed(Event))
