"""Endpoints of more than a thousand pods."""

from __future__ import annotations

import pytest

from simulator.controllers.endpoints import capacity
from simulator.controllers.endpoints.capacity import Counts, truncated
from simulator.objects.discovery import EndpointSlice
from simulator.objects.labels import ENDPOINTS_OVER_CAPACITY
from tests.api.shelf import V1, made
from tests.fake_cluster import FakeCluster, workload


@pytest.mark.parametrize(
    ("subsets", "listed"),
    [
        ([(1000, 0)], None),
        ([(400, 600)], None),
        ([(1500, 20)], [(1000, 0)]),
        ([(400, 800)], [(400, 600)]),
        ([(1000, 1)], [(1000, 0)]),
        ([(1200, 5), (400, 7)], [(750, 0), (250, 0)]),
        ([(1, 0), (1, 0), (1000, 0)], [(1, 0), (1, 0), (998, 0)]),  # shares are rounded up, and the last one gets the rest
        ([(100, 900), (300, 300)], [(100, 450), (300, 150)]),
    ],
)
def test_ready_addresses_come_first_and_subsets_get_their_share(subsets: list[Counts], listed: list[Counts] | None) -> None:
    assert truncated(subsets) == listed


def test_a_big_service_is_annotated_until_it_fits_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity, "CAPACITY", 3)
    cluster = FakeCluster()
    cluster.apply(workload(replicas=5))
    cluster.api.create(made({**V1, "kind": "Service", "spec": {"ports": [{"port": 80}], "selector": {"app": "web"}}}, "web", "default"))
    cluster.run(5)
    item = cluster.get("Endpoints", "web")
    assert [len(subset.addresses) for subset in item.subsets] == [3]
    assert item.metadata.annotations[ENDPOINTS_OVER_CAPACITY] == "truncated"
    assert sum(len(one.endpoints or []) for one in cluster.store.typed(EndpointSlice)) == 5
    cluster.change("Deployment", "web", replicas=2)
    cluster.run(10)
    item = cluster.get("Endpoints", "web")
    assert [len(subset.addresses) for subset in item.subsets] == [2]
    assert ENDPOINTS_OVER_CAPACITY not in item.metadata.annotations
