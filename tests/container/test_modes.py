"""Users, groups and modes, volumes that change while they are mounted, and last words: as containers see them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from .test_processes import container, ended, logs, play, pod, sh

__all__ = ["play"]


def config_map(name: str, data: dict[str, str]) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def mounted(name: str, path: str, **more: Any) -> dict[str, Any]:
    return {"volumeMounts": [{"name": name, "mountPath": path, **more}]}


def printed(play: Any, script: str, *objects: dict[str, Any], of: dict[str, Any] | None = None, **spec: Any) -> list[str]:
    journal = play(*objects, pod("a", sh("main", f"exec 2>&1; {script}", **(of or {})), **spec))
    return logs(journal, "main")


IDENTITIES = [
    ({}, {}, "uid=0(root) gid=0(root) groups=0(root)"),
    ({"runAsUser": 1000}, {}, "uid=1000 gid=0(root) groups=0(root)"),
    ({"runAsUser": 1000, "runAsGroup": 3000, "fsGroup": 2000}, {}, "uid=1000 gid=3000 groups=3000,2000"),
    ({"runAsUser": 1000, "supplementalGroups": [4000]}, {"runAsUser": 2000}, "uid=2000 gid=0(root) groups=0(root),4000"),
    ({"runAsNonRoot": True}, {}, "uid=1000 gid=0(root) groups=0(root)"),
]


@pytest.mark.parametrize(("of_pod", "own", "line"), IDENTITIES)
def test_a_process_is_who_its_security_context_says(play: Any, of_pod: dict[str, Any], own: dict[str, Any], line: str) -> None:
    assert printed(play, "id", of={"securityContext": own}, securityContext=of_pod) == [line]


def test_a_user_without_a_name_is_nobody_to_whoami(play: Any) -> None:
    assert printed(play, "whoami; id -u; echo $HOME", securityContext={"runAsUser": 1001}) == ["whoami: unknown uid 1001", "1001", "/"]


def test_a_read_only_root_refuses_writes_but_volumes_take_them(play: Any) -> None:
    lines = printed(
        play,
        "echo x > /tmp/f; mkdir /d; touch /etc/g; rm /etc/hostname; echo y > /data/f; cat /data/f; echo z > /dev/termination-log; echo $?",
        of={"securityContext": {"readOnlyRootFilesystem": True}, **mounted("data", "/data")},
        volumes=[{"name": "data", "emptyDir": {}}],
    )
    assert lines == [
        "sh: can't create /tmp/f: Read-only file system",
        "mkdir: can't create directory '/d': Read-only file system",
        "touch: /etc/g: Read-only file system",
        "rm: can't remove '/etc/hostname': Read-only file system",
        "y",
        "0",
    ]


def test_a_read_only_mount_refuses_writes(play: Any) -> None:
    volumes = [{"name": "data", "emptyDir": {}}]
    assert printed(play, "echo x > /data/f; echo $?", of=mounted("data", "/data", readOnly=True), volumes=volumes) == [
        "sh: can't create /data/f: Read-only file system",
        "1",
    ]


def test_others_than_root_may_not_do_everything(play: Any) -> None:
    script = (
        "echo x > /etc/f; mkdir /srv/d; ls /root; echo mine > /tmp/f && cat /tmp/f; chown 0 /tmp/f; chmod 600 /tmp/f; "
        "stat -c '%a %u' /tmp/f; [ -w /etc/passwd ] || echo no; [ -r /etc/passwd ] && echo yes; rm /etc/passwd"
    )
    assert printed(play, script, securityContext={"runAsUser": 1000}) == [
        "sh: can't create /etc/f: Permission denied",
        "mkdir: can't create directory '/srv/d': Permission denied",
        "ls: can't open '/root': Permission denied",
        "mine",
        "chown: /tmp/f: Operation not permitted",
        "600 1000",
        "no",
        "yes",
        "rm: can't remove '/etc/passwd': Permission denied",
    ]


def test_directories_that_only_the_image_has_belong_to_its_user(play: Any) -> None:
    assert printed(play, "echo x > /app/data/f && ls -l /app/data/f | cut -d' ' -f1,6", securityContext={"runAsUser": 1000}) == [
        "-rw-r--r-- 1000"
    ]


MODES = [
    ({"configMap": {"name": "c"}}, {}, "644 0 0"),
    ({"configMap": {"name": "c", "defaultMode": 0o400}}, {}, "400 0 0"),
    ({"configMap": {"name": "c", "defaultMode": 0o400}}, {"fsGroup": 2000}, "440 0 2000"),
    ({"configMap": {"name": "c", "items": [{"key": "run.sh", "path": "run.sh", "mode": 0o755}]}}, {}, "755 0 0"),
    ({"projected": {"defaultMode": 0o555, "sources": [{"configMap": {"name": "c"}}]}}, {}, "555 0 0"),
]


@pytest.mark.parametrize(("source", "context", "line"), MODES)
def test_files_of_the_kubelet_have_the_modes_that_the_volume_names(
    play: Any, source: dict[str, Any], context: dict[str, Any], line: str
) -> None:
    script = "stat -L -c '%a %u %g' /c/run.sh; readlink /c/run.sh; [ -x /c/run.sh ] && echo runs; ls /c"
    lines = printed(
        play,
        script,
        config_map("c", {"run.sh": "echo hi\n"}),
        of=mounted("v", "/c"),
        volumes=[{"name": "v", **source}],
        securityContext=context,
    )
    runs = ["runs"] if int(line[:3], 8) & 0o111 else []
    assert lines == [line, "..data/run.sh", *runs, "run.sh"]


def test_a_secret_that_is_for_root_alone_is_for_root_alone(play: Any) -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": {"key": "x"}}
    volumes = [{"name": "s", "secret": {"secretName": "s", "defaultMode": 0o400}}]
    assert printed(play, "cat /s/key", secret, of=mounted("s", "/s"), volumes=volumes, securityContext={"runAsUser": 1000}) == [
        "cat: can't open '/s/key': Permission denied"
    ]
    context = {"runAsUser": 1000, "fsGroup": 1000}
    assert printed(play, "cat /s/key", secret, of=mounted("s", "/s"), volumes=volumes, securityContext=context) == ["x"]


def test_an_empty_directory_is_writable_for_all_and_belongs_to_the_group(play: Any) -> None:
    script = "stat -c '%a %g' /d; touch /d/f; mkdir /d/e; stat -c '%a %u %g' /d/f /d/e"
    volumes = [{"name": "d", "emptyDir": {}}]
    assert printed(play, script, of=mounted("d", "/d"), volumes=volumes, securityContext={"runAsUser": 1000}) == [
        "777 0",
        "644 1000 0",
        "755 1000 0",
    ]
    context = {"runAsUser": 1000, "fsGroup": 2000}
    assert printed(play, script, of=mounted("d", "/d"), volumes=volumes, securityContext=context) == [
        "2777 2000",
        "644 1000 2000",
        "2755 1000 2000",
    ]


WATCHES = "while true; do cat /c/key; sleep 10; done"


@pytest.mark.rule("VOL-03")
def test_a_changed_config_map_reaches_running_containers_at_a_sync_of_their_pod(play: Any, tmp_path: Path) -> None:
    (tmp_path / "new.yaml").write_text(yaml.safe_dump(config_map("c", {"key": "new\n", "other": "1"})), encoding="utf-8")
    of = {"volumeMounts": [{"name": "v", "mountPath": "/c"}]}
    part = {"volumeMounts": [{"name": "v", "mountPath": "/c/key", "subPath": "key"}]}
    journal = play(
        config_map("c", {"key": "old\n"}),
        pod("a", sh("main", WATCHES, **of), sh("part", WATCHES, **part), volumes=[{"name": "v", "configMap": {"name": "c"}}]),
        seconds=150,
        actions=[{"at": "20s", "apply": "new.yaml"}],
    )
    assert set(logs(journal, "part")) == {"old"}
    lines = logs(journal, "main")
    assert 6 <= lines.index("new") <= 12, lines  # the pod's next sync is due 60 to 90 s after the last
    assert "old" not in lines[lines.index("new") :]


@pytest.mark.rule("VOL-03")
def test_changed_labels_reach_the_files_of_the_downward_api(play: Any) -> None:
    items = [{"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}]
    main = sh("main", "while true; do cat /c/labels; echo; sleep 10; done", **mounted("v", "/c"))
    journal = play(
        pod(
            "a",
            main,
            volumes=[{"name": "v", "downwardAPI": {"items": items}}],
        ),
        seconds=60,
        actions=[{"at": "20s", "patch": "pod/a", "with": {"metadata": {"labels": {"tier": "gold"}}}}],
    )
    lines = [line for line in logs(journal, "main") if line.startswith("tier")]
    assert lines
    assert set(lines) == {'tier="gold"'}  # a change of the pod is a reason to sync it at once


def test_an_optional_source_that_is_missing_is_an_empty_directory(play: Any) -> None:
    volumes = [{"name": "v", "configMap": {"name": "nope", "optional": True}}]
    assert printed(play, "ls /c | wc -l; [ -d /c ] && echo there", of=mounted("v", "/c"), volumes=volumes) == ["0", "there"]


def test_projected_sources_share_a_directory(play: Any) -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": {"key": "x"}}
    sources = [
        {"configMap": {"name": "c", "items": [{"key": "a", "path": "deep/a"}]}},
        {"secret": {"name": "s"}},
        {"downwardAPI": {"items": [{"path": "name", "fieldRef": {"fieldPath": "metadata.name"}}]}},
        {"serviceAccountToken": {"path": "token"}},
    ]
    script = "cat /p/deep/a /p/key /p/name; echo; [ -s /p/token ] && stat -L -c '%a %u' /p/token"
    lines = printed(
        play,
        script,
        config_map("c", {"a": "A-"}),
        secret,
        of=mounted("p", "/p"),
        volumes=[{"name": "p", "projected": {"sources": sources}}],
        securityContext={"runAsUser": 1000},
    )
    assert lines == ["A-xa", "600 1000"]


def test_the_last_words_are_4096_bytes_of_the_end_of_the_file(play: Any) -> None:
    journal = play(pod("a", sh("main", "seq 1 2000 > /dev/termination-log; exit 1")))
    text = "".join(f"{n}\n" for n in range(1, 2001))
    assert ended(journal, "a", "main").message == text[-4096:]


@pytest.mark.rule("STA-12")
def test_the_messages_of_a_pod_share_12_kilobytes(play: Any) -> None:
    containers = [sh(f"c{n}", "seq 1 2000 > /dev/termination-log; exit 1") for n in range(6)]
    journal = play(pod("a", *containers))
    text = "".join(f"{n}\n" for n in range(1, 2001))
    assert {ended(journal, "a", f"c{n}").message for n in range(6)} == {text[-4096:][:2048]}


def test_without_last_words_the_end_of_the_log_may_stand_in(play: Any) -> None:
    policy = {"terminationMessagePolicy": "FallbackToLogsOnError"}
    failing, well = sh("failing", "seq 1 200; exit 1", **policy), sh("well", "seq 1 200", **policy)
    journal = play(pod("a", failing, well, container("long", "sh", "-c", f"echo {'x' * 3000}; exit 1", **policy)))
    assert ended(journal, "a", "failing").message == "".join(f"{n}\n" for n in range(121, 201))
    assert not ended(journal, "a", "well").message
    assert ended(journal, "a", "long").message == "x" * 2047 + "\n"


IMAGE_USERS = [
    ("busybox", {}, ["0", "root", "ok"]),
    ("prom/prometheus:v2.53.0", {}, ["65534", "nobody", "denied"]),
    ("haproxy:3.0", {}, ["99", "haproxy", "denied"]),
    ("grafana/grafana:11.1.0", {}, ["472", "whoami: unknown uid 472", "denied"]),
    ("grafana/grafana:11.1.0", {"runAsUser": 0}, ["0", "root", "ok"]),
    ("prom/prometheus:v2.53.0", {"runAsUser": 7}, ["7", "whoami: unknown uid 7", "denied"]),
    ("shop/app", {}, ["0", "root", "ok"]),
]


@pytest.mark.parametrize(("image", "context", "lines"), IMAGE_USERS)
def test_processes_are_of_their_image_s_user(play: Any, image: str, context: dict[str, Any], lines: list[str]) -> None:
    script = "exec 2>&1; id -u; whoami; (echo x >> /etc/hosts) 2>/dev/null && echo ok || echo denied"
    journal = play(pod("a", {**sh("main", script), "image": image}, securityContext=context))
    assert logs(journal, "main") == lines


def test_a_scenario_says_which_user_an_image_has(play: Any) -> None:
    main = {**sh("main", "id -u; whoami; cd; echo x > mine && cat mine; chown root mine || echo no"), "image": "shop/app"}
    journal = play(pod("a", main), images={"shop/app": {"user": "shop"}})
    assert logs(journal, "main") == ["1000", "shop", "x", "chown: mine: Operation not permitted", "no"]
