"""Grace periods of deletions (registry/core/pod/strategy.go, CheckGracefulDelete)."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.api.deletion import Deletion, graceful
from simulator.objects.base import evolve
from simulator.objects.config import Namespace
from simulator.objects.meta import ObjectMeta
from simulator.units import SECOND, format_time, parse_time
from tests.api.shelf import pod

NOW = parse_time("2026-01-01T00:00:00Z")


def deleted(grace: int | None, *, wall: int = NOW, **spec: Any) -> Any:
    """A pod on a node; without its default of 30 seconds where `spec` sets no grace period."""
    item = pod(**{"nodeName": "n", **spec})
    item = evolve(item, spec=evolve(item.spec, termination_grace_period_seconds=spec.get("terminationGracePeriodSeconds")))
    return graceful(item, Deletion(grace), wall)


@pytest.mark.parametrize(
    ("grace", "spec", "seconds"),
    [
        (None, {}, 30),
        (None, {"terminationGracePeriodSeconds": 7}, 7),
        (None, {"terminationGracePeriodSeconds": 0}, 0),
        (5, {"terminationGracePeriodSeconds": 7}, 5),
        (60, {"terminationGracePeriodSeconds": 7}, 60),
        (None, {"terminationGracePeriodSeconds": -1}, 1),
        (None, {"nodeName": ""}, 0),
        (60, {"nodeName": ""}, 0),
    ],
)
def test_the_grace_period(grace: int | None, spec: dict[str, Any], seconds: int) -> None:
    """A pod without a node has no containers to stop, so that it is deleted at once."""
    meta = deleted(grace, **spec).metadata
    assert meta.deletion_grace_period_seconds == seconds
    assert meta.deletion_timestamp == format_time(NOW + seconds * SECOND)


@pytest.mark.parametrize(("second", "seconds"), [(5, 5), (0, 0), (24, 24), (60, 24), (None, 24)])
def test_a_second_deletion_can_only_shorten_the_grace_period(second: int | None, seconds: int) -> None:
    first = deleted(24, terminationGracePeriodSeconds=40)
    again = graceful(first, Deletion(second), NOW + 3 * SECOND)
    assert again.metadata.deletion_grace_period_seconds == seconds


@pytest.mark.parametrize(("second", "seconds", "end"), [(5, 5, 5), (3, 1, 4), (1, 1, 4), (0, 0, 4), (-1, 1, 4)])
def test_a_second_deletion_does_not_end_in_the_past(second: int, seconds: int, end: int) -> None:
    """Four seconds after the first deletion, a grace period of three is over: one second is left, from now."""
    meta = graceful(deleted(24), Deletion(second), NOW + 4 * SECOND).metadata
    assert (meta.deletion_grace_period_seconds, meta.deletion_timestamp) == (seconds, format_time(NOW + end * SECOND))


def test_a_namespace_has_no_grace_period() -> None:
    item = graceful(Namespace(metadata=ObjectMeta(name="a")), Deletion(30), NOW)
    assert (item.metadata.deletion_timestamp, item.metadata.deletion_grace_period_seconds) == (format_time(NOW), None)
    assert graceful(item, Deletion(0), NOW + SECOND) == item


def test_a_plain_second_deletion_leaves_an_ended_pod_to_its_kubelet() -> None:
    first = deleted(24)
    ended = evolve(first, status=evolve(first.status, phase="Failed"))
    assert graceful(ended, Deletion(), NOW + SECOND) == ended
