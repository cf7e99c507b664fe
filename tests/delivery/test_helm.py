"""`--as helm`: hooks before and after, by weight; what is waited for; what helm says, and what it takes back."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Podsim
from tests.delivery.playing import config, job, play, web

POST = {"hook": "post-install,post-upgrade"}


def test_hooks_run_in_their_order_and_are_deleted_as_they_say(tmp_path: Path) -> None:
    played = play(
        tmp_path,
        [
            web(),
            config("settings"),
            job("late", **POST),
            job("second", hook="pre-install", hook_weight="2", hook_delete_policy="hook-succeeded"),
            job("first", hook="pre-install", hook_weight="-2", hook_delete_policy="hook-failed"),
            config("seed", hook="pre-install", hook_weight="-5"),
            job("check", hook="test"),
            job("unknown", hook="pre-install,mid-install"),
        ],
        {"as": "helm", "release": "shop"},
    )
    assert played.state == "succeeded"
    assert played.created() == ["seed", "first", "second", "settings", "web", "late"]
    assert played.last.splitlines()[0] == "NAME: shop"
    assert "STATUS: deployed" in played.last
    assert "DESCRIPTION: Install complete" in played.last
    # The second Job begins when the first is complete; both are done before anything else is sent.
    second, web_ = played.lives("Job", "second"), played.lives("Deployment", "web")
    assert second[0][1] > 5
    assert second[1] == ("DELETED", web_[0][1])
    # Without --wait, helm does not wait for the Deployment.
    assert played.lives("Job", "late") == [("ADDED", web_[0][1])]
    assert played.lives("Job", "first") == [("ADDED", 0.0)]


def test_wait_holds_back_post_install_hooks(tmp_path: Path) -> None:
    ready = play(tmp_path, [web(), job("late", **POST)], {"as": "helm", "wait": True})
    assert ready.state == "succeeded"
    assert 3 < ready.lives("Job", "late")[0][1] < 8
    stuck = [web(image="bad:1"), job("late", **POST)]
    new = play(tmp_path, stuck, {"as": "helm", "wait": True, "timeout": "30s"})
    assert new.last == (
        "Error: INSTALLATION FAILED: resource Deployment/default/web not ready. status: InProgress, message: Available: 0/1\n"
        "context deadline exceeded"
    )
    assert new.created("Job") == []
    old = play(tmp_path, stuck, {"as": "helm3", "wait": True, "timeout": "30s"})
    assert old.last == "Error: INSTALLATION FAILED: context deadline exceeded"


def test_helm_3_is_content_with_what_may_be_unavailable_and_helm_4_is_not(tmp_path: Path) -> None:
    """One pod of four never fits; maxUnavailable is 25 %."""
    nodes = {"cluster": {"nodes": [{"name": "small", "pods": 3}]}}
    states = {
        tool: play(tmp_path, [web(replicas=4)], {"as": tool, "wait": True, "timeout": "40s"}, **nodes).state for tool in ("helm", "helm3")
    }
    assert states == {"helm": "failed", "helm3": "succeeded"}


def test_a_hook_that_fails_ends_the_installation(tmp_path: Path) -> None:
    objects = [web(), job("migrate", image="bad:1", hook="pre-install", hook_delete_policy="hook-failed")]
    new = play(tmp_path, objects, {"as": "helm"})
    assert new.last == (
        "Error: INSTALLATION FAILED: failed pre-install: "
        "resource Job/default/migrate not ready. status: Failed, message: Job Failed. failed: 1/1"
    )
    assert new.created() == ["migrate"]
    assert [change for change, _ in new.lives("Job", "migrate")] == ["ADDED", "DELETED"]
    old = play(tmp_path, objects, {"as": "helm3"})
    assert old.last == (
        "Error: INSTALLATION FAILED: failed pre-install: 1 error occurred:\n\t* job migrate failed: BackoffLimitExceeded\n\n"
    )
    late = play(tmp_path, [job("slow", image="app:1", hook="pre-install")], {"as": "helm3", "timeout": "20s"})
    assert "timed out waiting for the condition" in late.last


def test_jobs_count_only_with_wait_for_jobs(tmp_path: Path) -> None:
    def done(**options: object) -> float:
        """When the hook after everything else begins."""
        return play(tmp_path, [job("seed"), job("late", **POST)], {"as": "helm", "wait": True, **options}).lives("Job", "late")[0][1]

    assert done() < 2 < 5 < done(waitForJobs=True)


def test_atomic_takes_back_what_was_installed_but_hooks(tmp_path: Path) -> None:
    objects = [web(image="bad:1"), config("settings"), config("kept", resource_policy="keep"), job("pre", hook="pre-install")]
    played = play(tmp_path, objects, {"as": "helm3", "atomic": True, "timeout": "20s"})
    assert played.last == (
        "Error: INSTALLATION FAILED: release release-name failed, "
        "and has been uninstalled due to atomic being set: context deadline exceeded"
    )
    there = {one.metadata.name for kind in ("Deployment", "ConfigMap", "Job") for one in played.snapshot.objects(kind)}
    assert there - {"kube-root-ca.crt"} == {"kept", "pre"}


def test_manifests_of_before_are_the_release_that_is_upgraded(tmp_path: Path) -> None:
    old, new = [web(), config("old"), job("m", **POST)], [web(image="app:2"), config("new"), job("m", **POST)]
    fine = play(tmp_path, new, {"as": "helm", "wait": True}, before=old)
    assert fine.last.startswith('Release "release-name" has been upgraded. Happy Helming!')
    assert "REVISION: 2" in fine.last
    assert [change for change, _ in fine.lives("ConfigMap", "old")] == ["ADDED", "DELETED"]
    # before-hook-creation is the default: the Job of the first release makes room for that of the second.
    assert [change for change, _ in fine.lives("Job", "m")] == ["ADDED", "DELETED", "ADDED"]
    bad = play(tmp_path, [web(image="bad:1"), config("new")], {"as": "helm3", "atomic": True, "timeout": "20s"}, before=old)
    assert bad.last == (
        "Error: UPGRADE FAILED: release release-name failed, and has been rolled back due to atomic being set: context deadline exceeded"
    )
    # What the upgrade had removed is back.
    assert bad.created("ConfigMap") == ["old", "new", "old"]
    assert {one.metadata.name for one in bad.snapshot.objects("ConfigMap")} == {"kube-root-ca.crt", "old"}


def test_the_report_names_hooks_and_what_helm_never_created(tmp_path: Path, podsim: Podsim) -> None:
    play(tmp_path, [web(image="bad:1"), job("late", **POST)], {}, duration="30s")
    plain = podsim("run", str(tmp_path))
    assert plain.code == 0
    assert "helm hooks: job/late (post-install, post-upgrade): applied at once" in plain.out
    waits = podsim("run", str(tmp_path), "--as", "helm", "--wait", "--timeout", "10s")
    assert waits.code == 1
    assert "Error: INSTALLATION FAILED" in waits.out
    assert "never created: job/late (post-install)" in waits.out
    assert "helm hooks:" not in waits.out
    early = podsim("run", str(tmp_path), "--as", "helm", "--wait", "-o", "json")
    assert early.code == 1
    assert "helm 4 is not done at 30s" in early.err
    assert podsim("run", str(tmp_path), "--wait").code == 2
