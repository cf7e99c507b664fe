"""Actions: kubectl's verbs, done to a running cluster at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from simulator.objects.apps import Deployment
from simulator.objects.config import ConfigMap
from simulator.objects.node import Node
from simulator.objects.pod import Pod
from simulator.public.runs import Run, run

Play = Callable[..., Run]
WEB = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web"},
    "spec": {
        "replicas": 2,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web", "image": "app:1"}]}},
    },
}


@pytest.fixture
def play(tmp_path: Path) -> Play:
    """Play `web` and what else is given, with these actions; programs run for ever and end a second after SIGTERM."""

    def call(*actions: dict[str, object], manifests: tuple[object, ...] = (WEB,), nodes: int = 2, duration: str = "1m") -> Run:
        (tmp_path / "app.yaml").write_text(yaml.safe_dump_all(manifests), encoding="utf-8")
        spec = {
            "duration": duration,
            "manifests": ["app.yaml"],
            "cluster": {"nodes": [{"name": f"n{i}"} for i in range(1, nodes + 1)]},
            "images": {"*": {"cached": True}},
            "programs": [{"match": {}, "runs": [{"term": {"delay": "1s"}}]}],
            "actions": list(actions),
        }
        scenario = tmp_path / "scenario.yaml"
        scenario.write_text(yaml.safe_dump({"apiVersion": "podsim/v1", "kind": "Scenario", "spec": spec}), encoding="utf-8")
        return run(scenario)

    return call


def web(played: Run) -> Deployment:
    (deployment,) = played.at().snapshot.typed(Deployment)
    return deployment


def images(played: Run) -> set[str]:
    return {pod.spec.containers[0].image for pod in played.at().snapshot.typed(Pod)}


def node(played: Run, name: str) -> Node:
    return next(item for item in played.at().snapshot.typed(Node) if item.metadata.name == name)


def kubectl(played: Run) -> list[str]:
    return [log.line for log in played.journal.at().logs() if log.component == "kubectl" and not log.stream]


def test_scale(play: Play) -> None:
    played = play({"at": "10s", "scale": "deployment/web", "replicas": 5}, {"at": "30s", "scale": "deployment/web", "replicas": 1})
    assert [len(played.at(t).pods()) for t in (9, 20, 50)] == [2, 5, 1]


def test_set_image_and_undo(play: Play) -> None:
    change = {"at": "10s", "setImage": "deployment/web", "with": {"web": "app:2"}}
    assert images(play(change)) == {"app:2"}
    undone = play(change, {"at": "30s", "rolloutUndo": "deployment/web"})
    assert images(undone) == {"app:1"}
    assert web(undone).metadata.annotations["deployment.kubernetes.io/revision"] == "3"
    back = play(
        change,
        {"at": "30s", "setImage": "deployment/web", "with": {"web": "app:3"}},
        {"at": "45s", "rolloutUndo": "deployment/web", "toRevision": 1},
    )
    assert images(back) == {"app:1"}


def test_set_resources(play: Play) -> None:
    played = play({"at": "10s", "setResources": "deployment/web", "limits": {"cpu": "200m"}, "requests": {"cpu": "100m"}})
    resources = {tuple(pod.spec.containers[0].resources.limits.items()) for pod in played.at().snapshot.typed(Pod)}
    assert resources == {(("cpu", "200m"),)}


def test_a_paused_rollout_waits(play: Play) -> None:
    pause, change = {"at": "10s", "rolloutPause": "deployment/web"}, {"at": "12s", "setImage": "deployment/web", "with": {"web": "app:2"}}
    assert images(play(pause, change)) == {"app:1"}
    assert images(play(pause, change, {"at": "30s", "rolloutResume": "deployment/web"})) == {"app:2"}


def test_restart_makes_new_pods(play: Play) -> None:
    played = play({"at": "20s", "rolloutRestart": "deployment/web"})
    before, after = ({pod.name for pod in played.at(t).pods()} for t in (19, 60))
    assert before.isdisjoint(after)
    assert "kubectl.kubernetes.io/restartedAt" in web(played).spec.template.metadata.annotations


@pytest.mark.parametrize(
    ("patch", "kind"),
    [
        ({"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "app:9"}]}}}}, "strategic"),
        ({"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "app:9"}]}}}}, "merge"),
        ([{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "app:9"}], "json"),
    ],
)
def test_patch(play: Play, patch: object, kind: str) -> None:
    assert images(play({"at": "10s", "patch": "deployment/web", "with": patch, "type": kind})) == {"app:9"}


def test_a_strategic_patch_merges_containers_by_name(play: Play) -> None:
    patch = {"spec": {"template": {"spec": {"containers": [{"name": "side", "image": "side:1"}]}}}}
    assert [c.name for c in web(play({"at": "10s", "patch": "deployment/web", "with": patch})).spec.template.spec.containers] == [
        "side",
        "web",
    ]
    replaced = play({"at": "10s", "patch": "deployment/web", "with": patch, "type": "merge"})
    assert [c.name for c in web(replaced).spec.template.spec.containers] == ["side"]


def test_delete_by_name_selector_and_field(play: Play) -> None:
    gone = play({"at": "20s", "delete": "deployment/web"})
    assert gone.at(19).pods()
    assert not gone.at().pods()
    by_labels = play({"at": "20s", "delete": "pod", "selector": "app=web"})
    assert {pod.name for pod in by_labels.at(19).pods()}.isdisjoint(pod.name for pod in by_labels.at().pods())
    by_node = play({"at": "20s", "delete": "pod", "selector": "app=web", "fieldSelector": "spec.nodeName=n1"})
    before = {pod.name: pod.object.spec.node_name for pod in by_node.at(19).pods()}
    after = {pod.name for pod in by_node.at().pods()}
    assert set(before.values()) == {"n1", "n2"}
    assert {name for name, where in before.items() if name in after} == {name for name, where in before.items() if where == "n2"}


def test_grace_and_force(play: Play) -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"containers": [{"name": "c", "image": "app"}]}}

    def gone_after(**options: object) -> float:
        played = play({"at": "20s", "delete": "pod/a", **options}, manifests=(pod,))
        (end,) = [write.t for write in played.journal.at().writes() if write.type == "DELETED" and write.key.name == "a"]
        return end / 1e9 - 20

    assert gone_after(gracePeriodSeconds=0, force=True) == 0
    assert 1 <= gone_after() < 3, "the program needs a second to end"


def test_orphans_stay(play: Play) -> None:
    played = play({"at": "20s", "delete": "deployment/web", "cascade": "orphan"})
    assert not played.at().snapshot.typed(Deployment)
    assert len(played.at().pods()) == 2


def test_apply_creates_changes_and_reports(play: Play, tmp_path: Path) -> None:
    changed = {**WEB, "spec": {**WEB["spec"], "replicas": 3}}  # type: ignore[dict-item]
    settings = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"a": "1"}}
    refused = {
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"},
        "spec": {"priorityClassName": "none", "containers": [{"name": "c", "image": "i"}]},
    }  # fmt: skip
    (tmp_path / "v2.yaml").write_text(yaml.safe_dump_all([refused, changed, settings]), encoding="utf-8")
    played = play({"at": "10s", "apply": "v2.yaml"})
    assert len(played.at().pods()) == 3
    assert {item.metadata.name for item in played.at().snapshot.typed(ConfigMap, "default")} >= {"settings"}
    (line,) = kubectl(played)
    assert line.startswith('Error from server (Forbidden): error when creating "v2.yaml": pods "p" is forbidden: ')


def test_labels_annotations_and_taints(play: Play) -> None:
    played = play(
        {"at": "1s", "label": "node/n2", "with": {"disk": "ssd", "kubernetes.io/os": None}},
        {"at": "2s", "annotate": "deployment/web", "with": {"who": "me"}},
        {"at": "3s", "taint": "node/n2", "with": ["maint=yes:NoExecute", "other:NoSchedule"]},
        {"at": "20s", "taint": "node/n2", "with": ["other-"]},
        {"at": "21s", "label": "pod", "selector": "app=web", "with": {"seen": "yes"}},
    )
    two = node(played, "n2")
    assert two.metadata.labels["disk"] == "ssd"
    assert "kubernetes.io/os" not in two.metadata.labels
    assert [(taint.key, taint.value, taint.effect) for taint in two.spec.taints] == [("maint", "yes", "NoExecute")]
    assert web(played).metadata.annotations["who"] == "me"
    pods = played.at().snapshot.typed(Pod)
    assert {pod.spec.node_name for pod in pods} == {"n1"}, "evicted from the tainted node"
    assert {pod.metadata.labels.get("seen") for pod in pods} == {"yes"}


def test_cordon_drain_uncordon(play: Play) -> None:
    played = play({"at": "10s", "drain": "node/n1", "ignoreDaemonsets": True})
    assert node(played, "n1").spec.unschedulable
    assert {pod.object.spec.node_name for pod in played.at().pods()} == {"n2"}
    again = play({"at": "10s", "cordon": "node/n1"}, {"at": "20s", "uncordon": "node/n1"})
    assert not node(again, "n1").spec.unschedulable
    assert {pod.object.spec.node_name for pod in again.at().pods()} == {"n1", "n2"}


def test_kill_restarts_the_container(play: Play) -> None:
    played = play({"at": "20s", "kill": "pod/web-*", "container": "web", "reason": "OOMKilled"})
    assert {pod.restarts for pod in played.at().pods()} == {1}
    ends = {(fact.data["exitCode"], fact.data["reason"]) for fact in played.journal.at().facts("container.exited")}
    assert ends == {(137, "OOMKilled")}


def test_a_node_that_is_down_stops_reporting(play: Play) -> None:
    played = play({"at": "10s", "node": "n2", "down": True}, duration="2m")
    ready = {c.type: c.status for c in node(played, "n2").status.conditions}["Ready"]
    assert ready == "Unknown"
    back = play({"at": "10s", "node": "n2", "down": True}, {"at": "90s", "node": "n2", "down": False}, duration="2m")
    assert {c.type: c.status for c in node(back, "n2").status.conditions}["Ready"] == "True"


def test_programs_change_for_containers_that_start_from_now_on(play: Play) -> None:
    failing = [{"match": {"container": "web"}, "runs": [{"exitAfter": "2s", "exitCode": 4}]}]
    played = play({"at": "10s", "programs": failing}, {"at": "20s", "rolloutRestart": "deployment/web"})
    codes = {fact.data["exitCode"] for fact in played.journal.at().facts("container.exited")}
    assert 4 in codes
    assert not played.journal.at(20 * 10**9).facts("container.exited")


def test_a_job_from_a_cronjob(play: Play) -> None:
    tick = {
        "apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "tick"},
        "spec": {
            "schedule": "0 0 1 1 *",
            "jobTemplate": {"spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}}}},
        },
    }  # fmt: skip
    played = play({"at": "10s", "create": "job/manual", "from": "cronjob/tick"}, manifests=(tick,))
    (job,) = played.at().objects("job")
    assert job.metadata.name == "manual"
    assert job.metadata.owner_references[0].name == "tick"
    assert len(played.at().pods()) == 1


@pytest.mark.parametrize(
    ("action", "line"),
    [
        ({"scale": "deployment/nope", "replicas": 1}, 'Error from server (NotFound): deployments.apps "nope" not found'),
        ({"delete": "pod/nope"}, 'Error from server (NotFound): pods "nope" not found'),
        ({"node": "n9", "down": True}, 'Error from server (NotFound): nodes "n9" not found'),
        ({"delete": "gadget/x"}, 'error: the server doesn\'t have a resource type "gadget"'),
    ],
    ids=str,
)
def test_failed_actions_print_kubectls_errors(play: Play, action: dict[str, object], line: str) -> None:
    assert kubectl(play({"at": "10s", **action})) == [line]
