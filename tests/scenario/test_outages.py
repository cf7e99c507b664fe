"""What the surroundings of a cluster do to it: registries and DNS that are down for a while."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from simulator.cluster import simulate
from simulator.errors import ScenarioError
from simulator.journal import Journal
from simulator.journal.records import Fact
from simulator.objects.event import Event
from simulator.objects.kinds import Key
from simulator.objects.pod import Pod
from simulator.units import SECOND

UNTIL = "until nslookup db.default.svc.cluster.local; do sleep 1; done"
WAITING = {"name": "wait", "image": "busybox:1.36", "command": ["sh", "-c", UNTIL]}


def played(folder: Path, spec: dict[str, Any], actions: list[dict[str, Any]]) -> Journal:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": spec}
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "db"},
        "spec": {"ports": [{"port": 5432}], "selector": {"a": "b"}},
    }
    (folder / "web.yaml").write_text("\n---\n".join(json.dumps(item) for item in (pod, service)))
    body = {"manifests": ["web.yaml"], "images": {"busybox:*": {"cached": True}}, "actions": actions, "duration": "300s"}
    (folder / "scenario.yaml").write_text(json.dumps({"apiVersion": "podsim/v1", "kind": "Scenario", "spec": body}))
    return simulate([str(folder / "scenario.yaml")])


def pod_at(journal: Journal, seconds: float) -> Pod:
    pod = journal.at(round(seconds * SECOND)).get(Key("Pod", "default", "web"))
    assert isinstance(pod, Pod)
    return pod


def reasons(journal: Journal) -> list[str]:
    return [event.reason for event in journal.at().typed(Event) if event.involved_object.name == "web"]


def test_pulls_fail_for_as_long_as_the_registry_is_down(tmp_path: Path) -> None:
    actions = [{"at": 0, "imageRegistry": "down"}, {"at": 60, "imageRegistry": "up"}]
    journal = played(tmp_path, {"containers": [{"name": "main", "image": "nginx:1.27"}]}, actions)
    waiting = pod_at(journal, 50).status.container_statuses[0].state.waiting
    assert waiting is not None
    assert waiting.reason in ("ErrImagePull", "ImagePullBackOff")
    failed = [event for event in journal.at().typed(Event) if event.message.startswith("Failed to pull image")]
    assert all("503 Service Unavailable" in event.message for event in failed)
    assert pod_at(journal, 300).status.phase == "Running"


def test_an_image_that_the_node_has_is_not_asked_for(tmp_path: Path) -> None:
    container = {"name": "main", "image": "busybox:1.36", "command": ["sleep", "1000"]}
    journal = played(tmp_path, {"containers": [container]}, [{"at": 0, "imageRegistry": "down"}])
    assert pod_at(journal, 10).status.phase == "Running"


def test_only_matching_images_are_kept_back_and_in_the_words_given(tmp_path: Path) -> None:
    containers = [{"name": "main", "image": "nginx:1.27"}, {"name": "side", "image": "ghcr.io/org/side:1"}]
    down = [{"at": 0, "imageRegistry": "down", "image": "ghcr.io/*", "error": "no route to host"}]
    journal = played(tmp_path, {"containers": containers}, down)
    states = {status.name: status.state for status in pod_at(journal, 60).status.container_statuses}
    assert states["main"].running is not None
    assert states["side"].waiting is not None
    assert 'Failed to pull image "ghcr.io/org/side:1": no route to host' in {event.message for event in journal.at().typed(Event)}


def test_loops_that_wait_for_a_name_wait_until_dns_is_back(tmp_path: Path) -> None:
    actions = [{"at": 0, "dns": "down"}, {"at": 40, "dns": "up"}]
    journal = played(tmp_path, {"initContainers": [WAITING], "containers": [{"name": "main", "image": "nginx"}]}, actions)
    before, after = pod_at(journal, 39), pod_at(journal, 60)
    assert before.status.init_container_statuses[0].state.running is not None
    ended = after.status.init_container_statuses[0].state.terminated
    assert ended is not None
    assert ended.exit_code == 0
    assert "Started" in reasons(journal)


@pytest.mark.parametrize(("state", "said"), [("refused", "Connection refused"), ("failing", "SERVFAIL"), ("down", "timed out")])
def test_clients_get_what_the_state_of_dns_says(tmp_path: Path, state: str, said: str) -> None:
    actions = [{"at": 0, "dns": state}, {"at": 40, "dns": "up"}]
    journal = played(tmp_path, {"initContainers": [WAITING], "containers": [{"name": "main", "image": "nginx"}]}, actions)
    lines = [line for line in journal.at(39 * SECOND).logs() if line.container == "wait"]
    assert said in "".join(line.line for line in lines)
    assert pod_at(journal, 39).status.init_container_statuses[0].state.running is not None
    assert pod_at(journal, 60).status.init_container_statuses[0].state.terminated is not None


def test_the_journal_has_the_actions(tmp_path: Path) -> None:
    actions = [{"at": 1, "dns": "down"}, {"at": 2, "imageRegistry": "down", "image": "a*"}]
    journal = played(tmp_path, {"containers": [{"name": "main", "image": "nginx"}]}, actions)
    done = [(fact.t // SECOND, fact.about.name, fact.data["verb"]) for fact in journal if isinstance(fact, Fact) and fact.what == "action"]
    assert done == [(1, "dns", "down"), (2, "imageRegistry", "down")]


@pytest.mark.parametrize("action", [{"dns": "off"}, {"imageRegistry": "nginx"}])
def test_they_are_down_or_up(tmp_path: Path, action: dict[str, Any]) -> None:
    with pytest.raises(ScenarioError, match=r"must be down(, refused, failing)? or up"):
        played(tmp_path, {"containers": [{"name": "main", "image": "nginx"}]}, [{"at": 1, **action}])
