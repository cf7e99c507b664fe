"""The order of events: by when they happened last, not first."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.kubectl.print.describe.events import describe_events
from simulator.kubectl.print.describe.sheet import Sheet
from simulator.kubectl.read.events import EventOptions, events
from simulator.kubectl.view import View
from simulator.objects.kinds import from_builtins
from simulator.objects.pod import Pod
from tests.fake_cluster import FakeCluster


def event(name: str, first: str, last: str, **more: Any) -> dict[str, Any]:
    about = {"kind": "Pod", "apiVersion": "v1", "namespace": "default", "name": "p"}
    times = {"firstTimestamp": f"2026-01-01T00:{first}Z", "lastTimestamp": f"2026-01-01T00:{last}Z"} if first else {}
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": name, "namespace": "default"},
        "involvedObject": about,
        "type": "Normal",
        "reason": name,
        "message": name,
        "count": 2,
        **times,
        **more,
    }


@pytest.fixture
def view() -> View:
    cluster = FakeCluster(nodes=0)
    cluster.apply("{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {schedulerName: none, containers: [{name: c, image: i}]}}")
    for item in (
        event("early-and-late", "00:01", "09:00"),
        event("late", "04:00", "04:00"),
        event(
            "series",
            "",
            "",
            eventTime="2026-01-01T00:00:00.000000Z",
            series={"count": 3, "lastObservedTime": "2026-01-01T00:06:00.000000Z"},
        ),
        event("once", "", "", eventTime="2026-01-01T00:05:00.000000Z"),
    ):
        item["involvedObject"]["uid"] = cluster.get("Pod", "p").metadata.uid
        cluster.api.create(from_builtins(item))
    cluster.run(600)
    return View(cluster.journal.at(cluster.engine.now))


def test_kubectl_events_sorts_by_the_last_time(view: View) -> None:
    rows = events(EventOptions(), view).out.splitlines()[1:]
    assert [row.split()[-1] for row in rows] == ["late", "once", "series", "early-and-late"]


def test_describe_sorts_by_the_last_time(view: View) -> None:
    """Events of the newer API, which have no lastTimestamp, come first."""
    pod = next(item for item in view.snapshot.typed(Pod))
    sheet = Sheet()
    describe_events(pod, sheet, view)
    rows = sheet.text().splitlines()[3:]
    assert [row.split()[-1] for row in rows] == ["once", "series", "late", "early-and-late"]
