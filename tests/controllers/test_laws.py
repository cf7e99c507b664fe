"""Laws of the control plane, on random workloads and actions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.client.ownership import owner_in
from simulator.client.pods import is_available
from simulator.controllers.deployment.rollout import fenceposts
from simulator.journal.lines import dump
from simulator.journal.records import Write
from simulator.objects.apps import Deployment, ReplicaSet
from simulator.objects.discovery import EndpointSlice
from simulator.objects.kinds import Object
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import is_active
from simulator.units import MILLISECOND
from tests.fake_cluster import FakeCluster, workload

LAW = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])

SHARE = st.one_of(st.integers(0, 3), st.sampled_from(["25%", "50%", "0%"]))
MOMENT = st.integers(1, 400).map(lambda tenths: tenths / 10)
ACTION = st.tuples(
    MOMENT,
    st.one_of(
        st.tuples(st.just("image"), st.integers(2, 4)),
        st.tuples(st.just("replicas"), st.integers(0, 6)),
        st.tuples(st.just("pause"), st.booleans()),
        st.tuples(st.just("kill"), st.integers(0, 5)),
    ),
)


def act(cluster: FakeCluster, name: str, value: Any) -> None:
    if name == "image":
        cluster.set_image("Deployment", "web", f"app:{value}")
    elif name == "replicas":
        cluster.change("Deployment", "web", replicas=value)
    elif name == "pause":
        cluster.change("Deployment", "web", paused=value or None)
    elif cluster.pods():
        cluster.delete("Pod", cluster.pods()[value % len(cluster.pods())].metadata.name)


def play(
    replicas: int, surge: int | str, unavailable: int | str, actions: list[tuple[float, tuple[str, Any]]], seed: int, until: float = 60
) -> FakeCluster:
    cluster = FakeCluster(nodes=2, seed=seed, start=700 * MILLISECOND, ready=1300 * MILLISECOND, stop=900 * MILLISECOND)
    strategy = {"rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable}}
    cluster.apply(
        workload(replicas=replicas, strategy=strategy)
        + "---\n{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}, ports: [{port: 80}]}}"
    )
    for t, (name, value) in actions:
        cluster.at(t, lambda name=name, value=value: act(cluster, name, value))
    return cluster.run(until)


def watched(cluster: FakeCluster, check: Callable[[Write], None]) -> None:
    cluster.store.watch("*", lambda write, before: check(write))


@LAW
@given(st.integers(1, 6), SHARE, SHARE, MOMENT, st.integers(0, 3))
def test_a_rolling_update_keeps_its_promises(replicas: int, surge: int | str, unavailable: int | str, at: float, seed: int) -> None:
    """Never more pods than replicas + surge, never fewer available than replicas - unavailable once they all were."""
    at += 5
    cluster = play(replicas, surge, unavailable, [], seed, until=at - 0.05)
    limits = fenceposts(cluster.get("Deployment", "web"))
    cluster.set_image("Deployment", "web", "app:2")

    def check(_: Write) -> None:
        pods = cluster.store.typed(Pod)
        active = [pod for pod in pods if is_active(pod)]
        assert len(active) <= replicas + limits.surge
        available = sum(is_available(pod, 0, cluster.engine.wall) for pod in active)
        assert available >= replicas - limits.unavailable

    watched(cluster, check)
    cluster.run(at + 60)
    assert {pod.spec.containers[0].image for pod in cluster.pods()} == {"app:2"}
    assert len(cluster.pods()) == replicas


DISTURBANCE = st.tuples(
    MOMENT,
    st.one_of(
        st.tuples(st.just("image"), st.integers(2, 4)),
        st.tuples(st.just("pause"), st.booleans()),
        st.tuples(st.just("kill"), st.integers(0, 5)),
    ),
)


@LAW
@given(st.integers(1, 6), SHARE, SHARE, st.lists(DISTURBANCE, min_size=1, max_size=8), st.integers(0, 3))
def test_whatever_happens_a_rolling_update_breaks_no_promise_by_its_own_doing(
    replicas: int, surge: int | str, unavailable: int | str, actions: list[tuple[float, tuple[str, Any]]], seed: int
) -> None:
    """It never asks for more pods than replicas + surge, and takes no available pod away where one is needed; others may."""
    cluster = play(replicas, surge, unavailable, actions, seed, until=0.5)
    limits = fenceposts(cluster.get("Deployment", "web"))
    steps: list[int] = []

    def check(write: Write, before: Object | None) -> None:
        new = write.item
        if not isinstance(new, ReplicaSet) or not isinstance(before, ReplicaSet) or write.type == "DELETED":
            return
        change = (new.spec.replicas or 0) - (before.spec.replicas or 0)
        sets = cluster.store.typed(ReplicaSet)
        steps.append(change)
        if change > 0:
            assert sum(item.spec.replicas or 0 for item in sets) <= replicas + limits.surge
        elif change < 0:
            spare = (before.spec.replicas or 0) - before.status.available_replicas
            lost = max(0, -change - spare)
            available = sum(item.status.available_replicas for item in sets)
            assert not lost or available - lost >= replicas - limits.unavailable

    cluster.store.watch("ReplicaSet", check)
    cluster.run(60)
    if any(name == "image" and t > 1 for t, (name, _) in actions) and not any(name == "pause" for _, (name, _) in actions):
        assert steps, "nothing was looked at"


@LAW
@given(st.integers(0, 5), SHARE, SHARE, st.lists(ACTION, max_size=6), st.integers(0, 3))
def test_whatever_happens_it_ends_as_it_was_asked(
    replicas: int, surge: int | str, unavailable: int | str, actions: list[tuple[float, tuple[str, Any]]], seed: int
) -> None:
    cluster = play(replicas, surge, unavailable, actions, seed, until=45)
    if cluster.get("Deployment", "web").spec.paused:
        cluster.change("Deployment", "web", paused=None)
    cluster.run(150)
    item = cluster.get("Deployment", "web")
    assert isinstance(item, Deployment)
    assert len(cluster.pods()) == item.spec.replicas
    assert {pod.spec.containers[0].image for pod in cluster.pods()} <= {item.spec.template.spec.containers[0].image}
    assert item.status.available_replicas == item.spec.replicas
    assert item.status.observed_generation == item.metadata.generation


@LAW
@given(st.integers(1, 4), st.lists(ACTION, max_size=5), st.integers(0, 3))
def test_a_service_lists_only_ready_pods_and_every_pod_has_a_living_owner(
    replicas: int, actions: list[tuple[float, tuple[str, Any]]], seed: int
) -> None:
    cluster = play(replicas, 1, 1, actions, seed)
    for write in cluster.journal:
        if isinstance(write, Write) and isinstance(write.item, EndpointSlice):
            for endpoint in write.item.endpoints or []:
                assert endpoint.conditions is not None
                assert endpoint.target_ref is not None
                pod = cluster.journal.object_at(
                    next(key for key in cluster.journal.keys("Pod") if key.name == endpoint.target_ref.name), write.t
                )
                if endpoint.conditions.ready and isinstance(pod, Pod):
                    assert any(item.type == "Ready" and item.status == "True" for item in pod.status.conditions)
    for pod in cluster.pods():
        assert all(owner_in(cluster.store, pod, ref) is not None for ref in pod.metadata.owner_references)


@LAW
@given(st.integers(1, 4), st.lists(ACTION, max_size=4), st.integers(0, 3))
def test_no_write_is_lost_and_the_same_seed_gives_the_same_bytes(
    replicas: int, actions: list[tuple[float, tuple[str, Any]]], seed: int
) -> None:
    first, second = (play(replicas, "25%", "25%", actions, seed) for _ in range(2))
    assert list(dump(first.journal)) == list(dump(second.journal))
    revisions = [record.revision for record in first.journal if isinstance(record, Write)]
    assert revisions == list(range(1, len(revisions) + 1))
    for kind in first.store.kinds():
        for item in first.store.objects(kind):
            key = next(key for key in first.journal.keys(kind) if first.store.get(key) is item)
            assert first.journal.object_at(key, first.engine.now) == item


@LAW
@given(st.integers(1, 4), st.lists(st.tuples(MOMENT, st.integers(0, 4)), max_size=4), st.integers(0, 3))
def test_an_ordered_set_never_runs_a_pod_before_the_one_below_was_ready(
    replicas: int, scalings: list[tuple[float, int]], seed: int
) -> None:
    cluster = FakeCluster(nodes=2, seed=seed, ready=1300 * MILLISECOND)

    def check(write: Write) -> None:
        if write.type == "ADDED" and write.key.kind == "Pod":
            number = int(write.key.name.rpartition("-")[2])
            below = [cluster.get("Pod", f"db-{i}") for i in range(number)]
            assert all(pod is not None and is_available(pod, 0, cluster.engine.wall) for pod in below)

    watched(cluster, check)
    cluster.apply(workload("StatefulSet", "db", replicas=replicas))
    for t, size in scalings:
        cluster.at(t, lambda size=size: cluster.change("StatefulSet", "db", replicas=size))
    cluster.run(100)
    assert sorted(pod.metadata.name for pod in cluster.pods()) == [f"db-{i}" for i in range(cluster.get("StatefulSet", "db").spec.replicas)]


@LAW
@given(st.integers(1, 6), st.integers(1, 4), st.integers(1, 30), st.sampled_from(["Succeeded", "Failed"]), st.integers(0, 3))
def test_a_job_counts_every_pod_once(completions: int, parallelism: int, tenths: int, phase: str, seed: int) -> None:
    cluster = FakeCluster(seed=seed)
    cluster.kubelet.finish_after, cluster.kubelet.finish_phase = tenths * 100 * MILLISECOND, phase
    spec = {"completions": completions, "parallelism": parallelism, "backoffLimit": 2}
    cluster.apply(workload("Job", "pi", replicas=None, pod_spec="restartPolicy: Never", **spec))
    cluster.run(300)
    job = cluster.get("Job", "pi")
    ended = [pod for pod in cluster.pods() if pod.status.phase == phase]
    assert not [pod for pod in cluster.pods() if pod.metadata.finalizers]
    if phase == "Succeeded":
        assert job.status.succeeded == completions == len(ended)
    else:
        assert job.status.failed >= 3
        assert job.status.conditions[-1].type == "Failed"


@pytest.mark.parametrize("seed", range(3))
def test_running_does_not_depend_on_how_often_one_looks(seed: int) -> None:
    whole = play(3, 1, 0, [(10.0, ("image", 2))], seed)
    parts = play(3, 1, 0, [(10.0, ("image", 2))], seed, until=5)
    for t in (7, 10, 11.5, 60):
        parts.run(t)
    assert list(dump(whole.journal)) == list(dump(parts.journal))
