"""Failures during the run, and what they do to the shop."""

import pytest

pytestmark = pytest.mark.podsim("../podsim/scenario.yaml")


def test_the_web_tier_waits_for_the_database(cluster):
    cluster.run_until("5s")
    assert not cluster.pod("db-*").ready
    assert cluster.pod("web-*").statuses == ["Init:0/1", "Init:0/1"]
    cluster.wait("deployment/web", timeout="30s")
    assert cluster.pod("web-*").ready


def test_a_web_pod_recovers_from_running_out_of_memory(cluster):
    cluster.wait("deployment/web")
    started = cluster.now
    victim = cluster.pods("web-*")[0].name
    cluster.kill(victim, "web", reason="OOMKilled")
    cluster.run_for("2s")
    assert not cluster.pod(victim).ready
    cluster.wait(f"pod/{victim}", timeout="20s")
    assert cluster.pod(victim).restarts == 1
    cluster.expect(endpoints="service/web", atLeast=1, from_=started)


def test_a_running_web_tier_survives_without_the_database(cluster):
    cluster.wait("deployment/web")
    cluster.scale("deployment/db", 0)
    cluster.run_for("1m")
    assert cluster.pod("web-*").ready


@pytest.mark.podsim(nodes=3)
def test_the_web_tier_leaves_a_drained_node(cluster):
    cluster.wait("deployment/web")
    node = cluster.pods("web-*")[0].node
    cluster.drain(node)
    cluster.wait("deployment/web", timeout="1m")
    assert node not in [pod.node for pod in cluster.pods("web-*") if pod.status == "Running"]


@pytest.mark.parametrize("release", ["1.30", "1.32", "1.34"])
def test_on_every_release_that_we_run(request, release):
    from simulator import SimulatedCluster

    cluster = SimulatedCluster("../podsim/scenario.yaml", folder=request.path.parent, kubernetes=release)
    cluster.wait("deployment/web", timeout="30s")
    cluster.expect(neverRestarts="deployment/web")
