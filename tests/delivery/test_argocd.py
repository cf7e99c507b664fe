"""`--as argocd`: phases and waves wait for health; what is applied last is not waited for."""

from __future__ import annotations

from pathlib import Path

from tests.delivery.playing import config, job, play, web

CLASS = {
    "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "late"},
    "provisioner": "ebs.csi.aws.com", "volumeBindingMode": "WaitForFirstConsumer",
}  # fmt: skip
CLAIM = {
    "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"},
    "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "late", "resources": {"requests": {"storage": "1Gi"}}},
}  # fmt: skip


def test_phases_and_waves_follow_each_other(tmp_path: Path) -> None:
    played = play(
        tmp_path,
        [
            web("second", argo_sync_wave="2"),
            web("first"),
            config("settings"),
            job("migrate", argo_hook="PreSync", argo_hook_delete_policy="HookSucceeded"),
            job("report", argo_hook="PostSync"),
            job("alarm", argo_hook="SyncFail"),
            job("skipped", argo_hook="Skip"),
        ],
        {"as": "argocd"},
    )
    assert played.created() == ["migrate", "settings", "first", "second", "report"]
    assert played.last == "Phase: Succeeded, Message: successfully synced (no more tasks)"
    assert played.state == "succeeded"
    assert "Phase: Running, Message: waiting for completion of hook batch/Job/migrate" in played.said
    assert "Phase: Running, Message: waiting for healthy state of apps/Deployment/first" in played.said
    first, second, report = (played.lives(*one)[0][1] for one in (("Deployment", "first"), ("Deployment", "second"), ("Job", "report")))
    assert 5 < first < first + 3 < second < second + 3 < report
    # Hooks are deleted at the end of the sync.
    assert [change for change, _ in played.lives("Job", "migrate")] == ["ADDED", "DELETED"]


def test_without_hooks_and_waves_a_sync_is_over_when_it_has_applied(tmp_path: Path) -> None:
    played = play(tmp_path, [web(image="bad:1"), config("a")], {"as": "argocd"}, duration="10s")
    assert played.last == "Phase: Succeeded, Message: successfully synced (all tasks run)"
    assert played.lives("Deployment", "web") == [("ADDED", 0.0)]


def test_a_claim_that_waits_for_its_consumer_holds_the_next_wave(tmp_path: Path) -> None:
    played = play(tmp_path, [CLASS, CLAIM, web(argo_sync_wave="1")], {"as": "argocd"})
    assert played.state == "running"
    assert played.created() == ["late", "data"]
    assert played.last == "Phase: Running, Message: waiting for healthy state of /PersistentVolumeClaim/data"


def test_a_failed_hook_fails_the_sync_and_runs_the_hooks_for_that(tmp_path: Path) -> None:
    objects = [
        web(),
        job("migrate", image="bad:1", argo_hook="PreSync", argo_hook_delete_policy="HookFailed"),
        job("alarm", argo_hook="SyncFail"),
    ]
    played = play(tmp_path, objects, {"as": "argocd"})
    assert played.last == "Phase: Failed, Message: one or more synchronization tasks completed unsuccessfully"
    assert played.state == "failed"
    assert played.created() == ["migrate", "alarm"]
    assert [change for change, _ in played.lives("Job", "migrate")] == ["ADDED", "DELETED"]
