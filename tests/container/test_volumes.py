"""Volumes with content: what one container writes, another one reads; what the API has, is there as files; last words."""

from __future__ import annotations

from typing import Any

from .test_processes import ended, logs, play, pod, sh, status

__all__ = ["play"]

CONFIG = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"a.conf": "alpha\n", "b.conf": "beta\n"}}
SECRET = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": {"password": "xyz"}}


def mount(name: str, path: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "mountPath": path, **more}


def test_what_an_init_container_writes_a_probe_reads(play: Any) -> None:
    init = sh("init", "echo ok > /work/ready", volumeMounts=[mount("v", "/work")])
    probe = {"exec": {"command": ["grep", "ok", "/data/ready"]}}
    main = sh("main", "cat /data/ready; sleep 100", volumeMounts=[mount("v", "/data", readOnly=True)], readinessProbe=probe)
    journal = play(pod("a", main, initContainers=[init], volumes=[{"name": "v", "emptyDir": {}}]))
    assert logs(journal, "main") == ["ok"]
    assert status(journal, "a", "main").ready


def test_read_only_mounts_refuse_writes(play: Any) -> None:
    main = sh(
        "main", "echo x > /v/y || echo no; echo x > /c/y || echo no", volumeMounts=[mount("v", "/v", readOnly=True), mount("c", "/c")]
    )
    volumes = [{"name": "v", "emptyDir": {}}, {"name": "c", "configMap": {"name": "c"}}]
    lines = logs(play(CONFIG, pod("a", main, volumes=volumes)), "main")
    assert [line for line in lines if line == "no"] == ["no", "no"]
    assert all("Read-only file system" in line for line in lines if line != "no")


def test_config_maps_secrets_and_the_pod_itself_are_files(play: Any) -> None:
    volumes = [
        {"name": "c", "configMap": {"name": "c", "items": [{"key": "b.conf", "path": "sub/b"}]}},
        {"name": "s", "secret": {"secretName": "s"}},
        {"name": "d", "downwardAPI": {"items": [{"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}]}},
        {"name": "p", "projected": {"sources": [{"configMap": {"name": "c"}}, {"secret": {"name": "s"}}]}},
    ]
    script = "cat /c/sub/b; cat /s/password; echo; cat /d/labels; echo; ls /p; cat /var/run/secrets/kubernetes.io/serviceaccount/namespace"
    main = sh("main", script, volumeMounts=[mount(name, f"/{name}") for name in "csdp"])
    journal = play(CONFIG, SECRET, pod("a", main, volumes=volumes))
    assert logs(journal, "main") == ["beta", "xyz", 'app="a"', "a.conf", "b.conf", "password", "default"]


def test_sub_paths_show_one_file_or_directory(play: Any) -> None:
    mounts = [mount("c", "/etc/app/a.conf", subPath="a.conf"), mount("v", "/one", subPath="one"), mount("v", "/own", subPathExpr="$(WHO)")]
    main = sh("main", "cat /etc/app/a.conf; touch /one/x /own/y; find /all", volumeMounts=[*mounts, mount("v", "/all")])
    main["env"] = [{"name": "WHO", "value": "me"}]
    volumes = [{"name": "c", "configMap": {"name": "c"}}, {"name": "v", "emptyDir": {}}]
    lines = logs(play(CONFIG, pod("a", main, volumes=volumes)), "main")
    assert lines[0] == "alpha"
    assert {"/all/one/x", "/all/me/y"} <= set(lines)


def test_pods_share_claims_and_host_paths_but_not_empty_directories(play: Any) -> None:
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }
    volumes = [
        {"name": "p", "persistentVolumeClaim": {"claimName": "data"}},
        {"name": "h", "hostPath": {"path": "/var/shared"}},
        {"name": "e", "emptyDir": {}},
    ]
    mounts = [mount(name, f"/{name}") for name in "phe"]
    first = pod("first", sh("write", "for d in p h e; do echo $d > /$d/f; done", volumeMounts=mounts), volumes=volumes)
    second = pod("second", sh("read", "sleep 10; cat /p/f /h/f; cat /e/f", volumeMounts=mounts), volumes=volumes)
    lines = logs(play(claim, first, second), "read")
    assert lines[:2] == ["p", "h"]
    assert "No such file" in lines[2]


def test_an_empty_directory_outlives_a_restart_but_the_root_does_not(play: Any) -> None:
    script = "[ -e /v/f ] && echo kept; [ -e /tmp/f ] && echo wrong; touch /v/f /tmp/f; exit 1"
    main = sh("main", script, volumeMounts=[mount("v", "/v")])
    journal = play(pod("a", main, volumes=[{"name": "v", "emptyDir": {}}], restartPolicy="Always"))
    assert set(logs(journal, "main")) == {"kept"}


def test_last_words_are_the_end_of_the_termination_file(play: Any) -> None:
    short = sh("short", "echo because > /dev/termination-log; exit 1")
    long = sh("long", "printf '%05000d' 7 > /tmp/why; echo y >> /tmp/why; exit 1", terminationMessagePath="/tmp/why")
    journal = play(pod("a", short, long))
    assert ended(journal, "a", "short").message == "because\n"
    message = ended(journal, "a", "long").message
    assert (len(message), message[-3:]) == (4096, "7y\n")


def test_the_log_speaks_when_the_policy_says_so_and_the_container_failed(play: Any) -> None:
    policy = {"terminationMessagePolicy": "FallbackToLogsOnError"}
    fails = sh("fails", "echo wrong; exit 1", **policy)
    fine = sh("fine", "echo right", **policy)
    silent = sh("silent", "echo wrong; exit 1")
    journal = play(pod("a", fails, fine, silent))
    assert [ended(journal, "a", name).message for name in ("fails", "fine", "silent")] == ["wrong\n", "", ""]
