"""Cron schedules as robfig/cron reads them, and CronJobs."""

from __future__ import annotations

import pytest
import yaml

from simulator.controllers.cronjob.controller import CronJobController
from simulator.controllers.cronjob.schedule import parse_schedule
from simulator.objects.batch import Job
from simulator.units import SECOND, format_time, parse_time
from tests.fake_cluster import FakeCluster


@pytest.mark.parametrize(
    ("text", "after", "expected"),
    [
        ("* * * * *", "2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z"),
        ("*/15 * * * *", "2026-01-01T00:46:30Z", "2026-01-01T01:00:00Z"),
        ("30 4 * * *", "2026-01-01T04:30:00Z", "2026-01-02T04:30:00Z"),
        ("0 0 1 * *", "2026-01-31T12:00:00Z", "2026-02-01T00:00:00Z"),
        ("0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"),
        ("0 12 * * MON-FRI", "2026-01-02T12:00:00Z", "2026-01-05T12:00:00Z"),
        ("0 0 13 * 5", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"),
        ("0 0 13 * ?", "2026-01-01T00:00:00Z", "2026-01-13T00:00:00Z"),
        ("5,10-20/5 * * * *", "2026-01-01T00:10:00Z", "2026-01-01T00:15:00Z"),
        ("@hourly", "2026-01-01T00:30:00Z", "2026-01-01T01:00:00Z"),
        ("@weekly", "2026-01-01T00:00:00Z", "2026-01-04T00:00:00Z"),
        ("@every 90s", "2026-01-01T00:00:01.5Z", "2026-01-01T00:01:31Z"),
    ],
)
def test_the_next_time(text: str, after: str, expected: str) -> None:
    found = parse_schedule(text).after(parse_time(after))
    assert found is not None
    assert format_time(found) == expected


def test_a_time_zone_with_summer_time() -> None:
    schedule = parse_schedule("30 8 * * *", "Europe/Berlin")
    assert format_time(schedule.after(parse_time("2026-03-28T00:00:00Z")) or 0) == "2026-03-28T07:30:00Z"
    assert format_time(schedule.after(parse_time("2026-03-29T00:00:00Z")) or 0) == "2026-03-29T06:30:00Z"


def test_a_day_that_never_comes() -> None:
    assert parse_schedule("0 0 31 2 *").after(0) is None


@pytest.mark.parametrize("text", ["", "* * * *", "60 * * * *", "* * * * 7", "*/0 * * * *", "5-1 * * * *", "@often", "x * * * *"])
def test_what_is_no_schedule(text: str) -> None:
    with pytest.raises(ValueError, match=r"bad|expected|unrecognized"):
        parse_schedule(text)


def cron(**spec: object) -> str:
    template = {"spec": {"backoffLimit": 0, "template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}}}}
    data = {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": "tick"},
        "spec": {"schedule": "* * * * *", "jobTemplate": template, **spec},
    }
    return yaml.safe_dump(data)


def cluster_with(after: float) -> FakeCluster:
    cluster = FakeCluster()
    cluster.kubelet.finish_after = round(after * SECOND)
    return cluster


def jobs(cluster: FakeCluster) -> list[str]:
    return [item.metadata.name for item in cluster.store.typed(Job)]


def test_a_job_each_minute_and_a_short_history() -> None:
    cluster = cluster_with(2)
    cluster.apply(cron(successfulJobsHistoryLimit=2))
    cluster.run(60.05)
    assert jobs(cluster) == []
    cluster.run(60.1)
    assert jobs(cluster) == [f"tick-{parse_time('2026-01-01T00:01:00Z') // (60 * SECOND)}"]
    assert [ref.name for ref in cluster.get("CronJob", "tick").status.active] == jobs(cluster)
    cluster.run(290)
    assert len(jobs(cluster)) == 2
    status = cluster.get("CronJob", "tick").status
    assert status.active == []
    assert status.last_schedule_time == "2026-01-01T00:04:00Z"
    assert len(cluster.messages("SuccessfulDelete")) == 2
    assert cluster.messages("SawCompletedJob")[0].endswith("condition: Complete")


@pytest.mark.parametrize(("policy", "count"), [("Allow", 3), ("Forbid", 1), ("Replace", 1)])
def test_concurrency(policy: str, count: int) -> None:
    cluster = cluster_with(1000)
    cluster.apply(cron(concurrencyPolicy=policy))
    cluster.run(190)
    assert len(jobs(cluster)) == count
    started = int(jobs(cluster)[-1].rpartition("-")[2]) - parse_time("2026-01-01T00:00:00Z") // (60 * SECOND)
    assert started == (1 if policy == "Forbid" else 3)


def test_suspended_nothing_happens() -> None:
    cluster = cluster_with(1)
    cluster.apply(cron(suspend=True))
    cluster.run(200)
    assert jobs(cluster) == []


def test_of_a_job_that_is_not_kept_nobody_says_that_it_ended() -> None:
    cluster = cluster_with(2)
    cluster.apply(cron(successfulJobsHistoryLimit=0))
    cluster.run(80)
    assert jobs(cluster) == []
    assert len(cluster.messages("SuccessfulDelete")) == 1
    assert cluster.messages("SawCompletedJob") == []
    status = cluster.get("CronJob", "tick").status
    assert (status.active, status.last_successful_time is not None) == ([], True)


def test_a_new_schedule_does_not_make_up_for_what_it_would_have_missed() -> None:
    cluster = cluster_with(2)
    cluster.apply(cron(schedule="0 0 1 1 *"))
    cluster.at(90, lambda: cluster.change("CronJob", "tick", schedule="* * * * *"))
    cluster.run(119)
    assert jobs(cluster) == []
    cluster.run(121)
    assert len(jobs(cluster)) == 1


@pytest.mark.parametrize(("deadline", "started"), [(30, False), (40, True)])
def test_a_start_past_its_deadline_is_skipped(deadline: int, started: bool) -> None:
    """The CronJob was suspended when the start was due, and is resumed 31 s later."""
    cluster = cluster_with(2)
    cluster.apply(cron(suspend=True, startingDeadlineSeconds=deadline))
    cluster.at(91, lambda: cluster.change("CronJob", "tick", suspend=False))
    cluster.run(100)
    assert bool(jobs(cluster)) == started


def test_a_missed_start_is_an_event() -> None:
    """Kubernetes looks for starts within the deadline only, so that none is found too late; the check is there even so."""
    cluster = cluster_with(2)
    cluster.apply(cron(suspend=True, startingDeadlineSeconds=30))
    cluster.run(91)
    controller = CronJobController(cluster.engine, cluster.api, cluster.dialect)
    item = cluster.get("CronJob", "tick")
    assert controller._may_start(item, cluster.engine.wall - 30 * SECOND)
    assert cluster.events("MissSchedule") == []
    assert not controller._may_start(item, parse_time("2026-01-01T00:01:00Z"))
    [event] = cluster.events("MissSchedule")
    assert (event.type, event.message) == ("Warning", "Missed scheduled time to start a job: Thu, 01 Jan 2026 00:01:00 +0000")


@pytest.mark.parametrize(("deadline", "started"), [(None, True), (30, True), (0, False)])
def test_a_deadline_of_nothing_starts_nothing(deadline: int | None, started: bool) -> None:
    """Starts come 0.1 s after their time."""
    cluster = cluster_with(2)
    cluster.apply(cron(**({} if deadline is None else {"startingDeadlineSeconds": deadline})))
    cluster.run(70)
    assert bool(jobs(cluster)) == started


@pytest.mark.parametrize(("phase", "limits"), [("Succeeded", {"successfulJobsHistoryLimit": 2}), ("Failed", {"failedJobsHistoryLimit": 2})])
def test_the_history_keeps_the_youngest(phase: str, limits: dict[str, int]) -> None:
    cluster = cluster_with(2)
    cluster.kubelet.finish_phase = phase
    cluster.apply(cron(**limits))
    cluster.run(290)
    first = parse_time("2026-01-01T00:00:00Z") // (60 * SECOND)
    assert jobs(cluster) == [f"tick-{first + 3}", f"tick-{first + 4}"]
    assert cluster.messages("SuccessfulDelete") == [f"Deleted job tick-{first + 1}", f"Deleted job tick-{first + 2}"]


def test_an_active_job_that_is_deleted_is_reported_once() -> None:
    cluster = cluster_with(1000)
    cluster.apply(cron())
    cluster.run(130)
    first, second = jobs(cluster)
    cluster.delete("Job", first)
    cluster.run(140)
    assert cluster.messages("MissingJob") == [f"Active job went missing: {first}"]
    assert [ref.name for ref in cluster.get("CronJob", "tick").status.active] == [second]


def test_a_schedule_that_cannot_be_parsed_is_reported_and_starts_nothing() -> None:
    cluster = FakeCluster()
    cluster.apply(cron(schedule="60 * * * *"))
    cluster.run(120)
    assert cluster.messages("UnparseableSchedule")[0].startswith("unparseable schedule: 60 * * * * : ")
    assert cluster.store.typed(Job) == []
