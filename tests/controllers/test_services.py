"""Which Services the controllers make endpoints for, and which pods are in them, on a cluster."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from simulator.objects.base import evolve
from simulator.objects.discovery import EndpointSlice
from tests.api.shelf import V1, made
from tests.fake_cluster import FakeCluster, workload


def addresses(cluster: FakeCluster) -> list[str] | None:
    """The addresses in the slice of the Service `web`; None without a slice."""
    slices = [item for item in cluster.store.typed(EndpointSlice) if item.metadata.labels["kubernetes.io/service-name"] == "web"]
    return sorted(address for item in slices for one in item.endpoints or [] for address in one.addresses) if slices else None


@pytest.mark.parametrize(
    ("spec", "count"),
    [
        ({"selector": {"app": "web"}}, 2),
        ({"selector": {"app": "web"}, "clusterIP": "None"}, 2),
        ({"selector": {"app": "other"}}, 0),
        ({}, None),
        ({"selector": {"app": "web"}, "type": "ExternalName", "externalName": "example.com"}, None),
    ],
)
def test_a_service_without_a_selector_or_of_an_external_name_has_no_endpoints(spec: dict[str, Any], count: int | None) -> None:
    cluster = FakeCluster()
    cluster.apply(workload())
    cluster.api.create(made({**V1, "kind": "Service", "spec": {"ports": [{"port": 80}], **spec}}, "web", "default"))
    cluster.run(10)
    found = addresses(cluster)
    assert (None if found is None else len(found)) == count


@pytest.mark.parametrize(
    ("selector", "selected"), [({"app": "x"}, True), ({"app": "x", "tier": "y"}, True), ({"app": "x", "tier": "z"}, False)]
)
def test_a_pod_has_all_labels_of_the_selector(selector: dict[str, str], selected: bool) -> None:
    cluster = FakeCluster()
    spec = {"containers": [{"name": "c", "image": "i"}]}
    cluster.apply(yaml.safe_dump({**V1, "kind": "Pod", "metadata": {"name": "p", "labels": {"app": "x", "tier": "y"}}, "spec": spec}))
    cluster.api.create(made({**V1, "kind": "Service", "spec": {"ports": [{"port": 80}], "selector": selector}}, "web", "default"))
    cluster.run(5)
    assert bool(addresses(cluster)) is selected


@pytest.mark.parametrize(
    ("hostname", "subdomain", "published"), [("db-0", "web", "db-0"), ("db-0", "other", ""), ("db-0", "", ""), ("", "web", "")]
)
def test_the_hostname_of_a_pod_is_published_by_the_service_of_its_subdomain(hostname: str, subdomain: str, published: str) -> None:
    cluster = FakeCluster()
    spec = {"containers": [{"name": "c", "image": "i"}], "hostname": hostname, "subdomain": subdomain}
    cluster.apply(yaml.safe_dump({**V1, "kind": "Pod", "metadata": {"name": "p", "labels": {"app": "web"}}, "spec": spec}))
    cluster.api.create(made({**V1, "kind": "Service", "spec": {"ports": [{"port": 80}], "selector": {"app": "web"}}}, "web", "default"))
    cluster.run(5)
    [subset] = cluster.get("Endpoints", "web").subsets
    assert [address.hostname for address in subset.addresses] == [published]
    slices = cluster.store.typed(EndpointSlice)
    assert [one.hostname or "" for item in slices for one in item.endpoints or []] == [published]


def test_a_pod_that_loses_its_label_leaves_its_service() -> None:
    cluster = FakeCluster()
    cluster.apply(workload(replicas=1))
    cluster.api.create(made({**V1, "kind": "Service", "spec": {"ports": [{"port": 80}], "selector": {"app": "web"}}}, "web", "default"))
    cluster.run(5)
    [pod] = cluster.pods()
    assert addresses(cluster) == [pod.status.pod_ip]
    cluster.api.update(evolve(pod, metadata=evolve(pod.metadata, labels={})))
    cluster.run(5.5)
    assert addresses(cluster) == []
