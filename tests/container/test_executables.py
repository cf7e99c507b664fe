"""Commands run only if the image has them: the lists, and what a missing command does to containers, probes, hooks and scripts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator.cluster import simulate
from simulator.images.contents import IMAGES, LISTS, Has, contents
from simulator.journal.journal import Journal
from simulator.metrics.evidence import evidence
from simulator.metrics.story import Story
from simulator.objects.event import Event
from simulator.objects.kinds import Key
from simulator.objects.pod import Pod
from simulator.objects.pod_status import ContainerStatus
from simulator.scenario.inputs import Choices
from simulator.units import SECOND

START = (
    "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: "
    "unable to start container process: error during container init: "
)


@pytest.mark.parametrize(
    ("image", "command", "has"),
    [
        ("busybox:1.36", "wget", "yes"),
        ("busybox:1.36", "bash", "no"),
        ("busybox:1.36", "curl", "no"),
        ("busybox:1.36", "/bin/sh", "yes"),
        ("busybox:1.36", "/usr/bin/wget", "no"),
        ("busybox:1.27", "nc", "yes"),
        ("docker.io/library/alpine:3.20", "apk", "yes"),
        ("alpine:3.20", "/bin/bash", "no"),
        ("alpine:3.20", "apt-get", "no"),
        ("debian:12-slim", "apt-get", "yes"),
        ("debian:12-slim", "ps", "no"),
        ("ubuntu:24.04", "ps", "yes"),
        ("ubuntu:24.04", "curl", "no"),
        ("ubuntu:24.04", "/opt/agent/run.sh", "unknown"),
        ("gcr.io/distroless/static-debian12", "sh", "no"),
        ("gcr.io/distroless/base:debug", "sh", "yes"),
        ("registry.k8s.io/pause:3.10", "/pause", "yes"),
        ("registry.k8s.io/pause:3.10", "/bin/sh", "no"),
        ("python:3.12", "git", "yes"),
        ("python:3.12-slim", "git", "no"),
        ("python:3.12-alpine", "bash", "no"),
        ("node:20", "npm", "yes"),
        ("node:20-slim", "curl", "no"),
        ("nginx:1.27", "curl", "yes"),
        ("nginx:1.27", "ps", "no"),
        ("nginx:1.27-alpine", "wget", "yes"),
        ("postgres:16", "pg_isready", "yes"),
        ("postgres:16", "nc", "no"),
        ("redis:7", "redis-cli", "yes"),
        ("mysql:8.4", "mysqladmin", "yes"),
        ("mysql:8.4", "ps", "no"),
        ("mariadb:11", "mariadb-admin", "yes"),
        ("mariadb:11", "mysqladmin", "no"),
        ("mariadb:10.11", "mysqladmin", "yes"),
        ("mongo:7", "mongosh", "yes"),
        ("mongo:7", "mongo", "no"),
        ("mongo:4.4", "mongo", "yes"),
        ("rabbitmq:3.13-management", "rabbitmq-diagnostics", "yes"),
        ("rabbitmq:3.13", "curl", "no"),
        ("eclipse-temurin:21-jre", "java", "yes"),
        ("eclipse-temurin:21-jre", "javac", "no"),
        ("mcr.microsoft.com/dotnet/aspnet:8.0", "curl", "no"),
        ("mcr.microsoft.com/dotnet/sdk:8.0", "curl", "yes"),
        ("mcr.microsoft.com/dotnet/aspnet:8.0-noble-chiseled", "sh", "no"),
        ("golang:1.23-alpine", "git", "no"),
        ("alpine:3.22", "patch", "yes"),
        ("centos:7", "bash", "yes"),
        ("centos:7", "frobnicate", "unknown"),
        ("centos:7", "apt-get", "no"),
        ("bitnami/redis:7.2", "apk", "no"),
        ("registry.k8s.io/kubectl:v1.31.0", "sh", "no"),
        ("bitnami/kubectl:1.30", "kubectl", "unknown"),
        ("example.com/app:1", "anything", "unknown"),
        ("example.com/app:1", "cat /tmp/healthy", "no"),
        ("example.com/app:1", "/bin/ps aux | /bin/grep x", "no"),
    ],
)
def test_what_images_have(image: str, command: str, has: Has) -> None:
    assert contents(image).has(command) == has


def test_sh_is_dash_on_debian_and_ash_elsewhere() -> None:
    assert [contents(image).shell for image in ("nginx:1.27", "nginx:1.27-alpine", "busybox")] == ["dash", "ash", "ash"]


def test_each_row_of_images_has_a_source_and_known_packages() -> None:
    lists = json.loads(LISTS.read_text(encoding="utf-8"))
    in_base = {"gawk", "perl"}
    for row in json.loads(IMAGES.read_text(encoding="utf-8")):
        assert row["source"], row["names"]
        assert set(row.get("packages", "").split()) <= {*lists["packages"], *in_base}, row["names"]
        # What is only remembered may be incomplete, but for images of a single program.
        assert "memory" not in row["source"] or row.get("partial") or row["base"] == "none", row["names"]


def container(name: str, image: str, *command: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "image": image, **({"command": list(command)} if command else {}), **more}


@pytest.fixture
def play(tmp_path: Path) -> Any:
    def run(*containers: dict[str, Any], seconds: int = 60, scenario: dict[str, Any] | None = None, **spec: Any) -> Journal:
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {**spec, "containers": list(containers)}}
        (tmp_path / "app.yaml").write_text(yaml.safe_dump(pod), encoding="utf-8")
        paths = [str(tmp_path / "app.yaml")]
        if scenario:
            whole = {"apiVersion": "podsim/v1", "kind": "Scenario", "spec": {"manifests": ["app.yaml"], **scenario}}
            (tmp_path / "scenario.yaml").write_text(yaml.safe_dump(whole), encoding="utf-8")
            paths = [str(tmp_path / "scenario.yaml")]
        return simulate(paths, Choices(duration=seconds * SECOND))

    return run


def status(journal: Journal, name: str) -> ContainerStatus:
    item = journal.at(journal.end).get(Key("Pod", "default", "a"))
    assert isinstance(item, Pod)
    return next(s for s in (*item.status.init_container_statuses, *item.status.container_statuses) if s.name == name)


def logs(journal: Journal, name: str) -> list[str]:
    return [line.line for line in journal.at(journal.end).logs() if line.container == name]


def assumed(journal: Journal) -> str:
    return "\n".join(f"{item['subject']}: {item['text']}" for item in journal.header.assumptions or [])


def events(journal: Journal, reason: str) -> list[str]:
    return [item.message or "" for item in journal.at(journal.end).typed(Event) if reason in ("", item.reason)]


@pytest.mark.parametrize(
    ("image", "command", "error"),
    [
        ("busybox:1.36", ["bash", "-c", "sleep 1"], 'exec: "bash": executable file not found in $PATH'),
        ("busybox:1.36", ["sleeeep", "3600"], 'exec: "sleeeep": executable file not found in $PATH'),
        ("busybox:1.36", [""], 'exec: "": executable file not found in $PATH'),
        ("busybox:1.36", ["sleep 5"], 'exec: "sleep 5": executable file not found in $PATH'),
        ("alpine:3.20", ["/bin/bash"], 'exec: "/bin/bash": stat /bin/bash: no such file or directory'),
        ("example.com/app:1", ["./run --all"], 'exec: "./run --all": stat ./run --all: no such file or directory'),
        ("gcr.io/distroless/static", ["sh", "-c", "true"], 'exec: "sh": executable file not found in $PATH'),
    ],
)
def test_a_missing_command_is_a_start_error(play: Any, image: str, command: list[str], error: str) -> None:
    journal = play(container("main", image, *command), restartPolicy="Never")
    state = status(journal, "main").state
    assert state is not None
    assert state.terminated is not None
    assert (state.terminated.reason, state.terminated.exit_code, state.terminated.message) == ("StartError", 128, START + error)
    assert events(journal, "Failed") == [f"Error: {START}{error}"]


def test_a_missing_command_backs_off(play: Any) -> None:
    state = status(play(container("main", "busybox:1.36", "bash")), "main").state
    assert state is not None
    assert state.waiting is not None
    assert state.waiting.reason in ("RunContainerError", "CrashLoopBackOff")


def test_arguments_alone_are_a_command_only_without_an_entrypoint(play: Any) -> None:
    bare, nginx = container("bare", "alpine", args=["bash"]), container("nginx", "nginx", args=["-g", "daemon off;"])
    journal = play(bare, nginx)
    assert status(journal, "bare").ready is False
    assert status(journal, "nginx").ready is True


@pytest.mark.parametrize(
    ("image", "shell", "line"),
    [
        ("busybox:1.36", "sh", "sh: curl: not found"),
        ("debian:12", "/bin/sh", "/bin/sh: 1: curl: not found"),
        ("debian:12", "bash", "bash: line 1: curl: command not found"),
        ("mysql:8.4", "sh", "sh: line 1: nc: command not found"),
    ],
)
def test_a_missing_command_in_a_script_is_127(play: Any, image: str, shell: str, line: str) -> None:
    command = line.split(": ")[-2]
    journal = play(container("main", image, shell, "-c", f"{command} http://web; exit $?"), restartPolicy="Never")
    state = status(journal, "main").state
    assert state is not None
    assert state.terminated is not None
    assert (logs(journal, "main"), state.terminated.exit_code) == ([line], 127)


SCRIPTS = {
    "bash": "#!/bin/bash\necho hi\n",
    "python": "#!/usr/bin/env python3\nprint(1)\n",
    "windows": "#!/bin/sh\r\necho hi\r\n",
    "bare": "echo hi\n",
}


def with_scripts(name: str, image: str, *command: str) -> dict[str, Any]:
    return container(name, image, *command, volumeMounts=[{"name": "s", "mountPath": "/s"}, {"name": "plain", "mountPath": "/n"}])


@pytest.fixture
def play_scripts(tmp_path: Path) -> Any:
    def run(main: dict[str, Any]) -> Journal:
        volumes = [{"name": "s", "configMap": {"name": "s", "defaultMode": 0o755}}, {"name": "plain", "configMap": {"name": "s"}}]
        spec = {"restartPolicy": "Never", "volumes": volumes, "containers": [main]}
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": spec}
        scripts = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "s"}, "data": SCRIPTS}
        (tmp_path / "app.yaml").write_text(yaml.safe_dump_all([scripts, pod]), encoding="utf-8")
        return simulate([str(tmp_path / "app.yaml")], Choices(duration=60 * SECOND))

    return run


@pytest.mark.parametrize(
    ("script", "code", "line"),
    [
        ("bash", 255, "exec /s/bash: no such file or directory"),
        ("windows", 255, "exec /s/windows: no such file or directory"),
        ("bare", 255, "exec /s/bare: exec format error"),
        ("python", 127, "env: can't execute 'python3': No such file or directory"),
    ],
)
def test_a_script_without_its_interpreter_as_process_1(play_scripts: Any, script: str, code: int, line: str) -> None:
    journal = play_scripts(with_scripts("main", "alpine:3.20", f"/s/{script}"))
    state = status(journal, "main").state
    assert state is not None
    assert state.terminated is not None
    assert (state.terminated.exit_code, state.terminated.reason, logs(journal, "main")) == (code, "Error", [line])


@pytest.mark.parametrize(("path", "error"), [("/n/bash", "permission denied"), ("/s", "is a directory")])
def test_what_is_no_program_does_not_start(play_scripts: Any, path: str, error: str) -> None:
    state = status(play_scripts(with_scripts("main", "debian:12", path)), "main").state
    assert state is not None
    assert state.terminated is not None
    assert state.terminated.message == f'{START}exec: "{path}": {error}'


@pytest.mark.parametrize(
    ("image", "shell", "command", "code", "line"),
    [
        ("alpine:3.20", "sh", "/s/bash", 127, "sh: /s/bash: not found"),
        ("alpine:3.20", "sh", "/n/bash", 126, "sh: /n/bash: Permission denied"),
        ("alpine:3.20", "sh", "/s/bare", 0, "hi"),
        ("debian:12", "sh", "/s/windows", 127, "sh: 1: /s/windows: not found"),
        ("debian:12", "sh", "/s", 126, "sh: 1: /s: Permission denied"),
        ("debian:12", "bash", "/s/windows", 127, "bash: line 1: /s/windows: cannot execute: required file not found"),
        ("debian:12", "bash", "/s/python", 127, "env: 'python3': No such file or directory"),
        ("debian:12", "bash", "/s", 126, "bash: line 1: /s: Is a directory"),
        ("debian:12", "bash", "/s/gone", 127, "bash: line 1: /s/gone: No such file or directory"),
    ],
)
def test_a_script_without_its_interpreter_in_a_shell(play_scripts: Any, image: str, shell: str, command: str, code: int, line: str) -> None:
    journal = play_scripts(with_scripts("main", image, shell, "-c", f"{command}; exit $?"))
    state = status(journal, "main").state
    assert state is not None
    assert state.terminated is not None
    assert (state.terminated.exit_code, logs(journal, "main")) == (code, [line])


def test_packages_bring_their_programs(play: Any) -> None:
    script = "apt-get update && apt-get install -y dnsutils && command -v dig && dig +short localhost; command -v jq || echo no jq"
    assert logs(play(container("main", "debian:12", "sh", "-c", script), restartPolicy="Never"), "main")[-1] == "no jq"


def test_installations_take_a_stated_time(play: Any) -> None:
    journal = play(container("main", "alpine:3.20", "sh", "-c", "apk add --no-cache curl jq && date +%S; sleep 100"))
    assert logs(journal, "main") == ["04"]
    assert "`apk`: takes 3s and installs the programs of curl, jq" in assumed(journal)


LOCKED = "E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)"


@pytest.mark.parametrize(
    ("image", "script", "context", "code", "line"),
    [
        ("debian:12", "apt-get install -y curl", {}, 100, "E: Unable to locate package curl"),
        ("ubuntu:24.04", "apt-get update && apt-get install -y curl && echo done", {}, 0, "done"),
        ("my/app:1", "apt-get install -y curl && echo done", {}, 0, "done"),
        ("debian:12", "apt-get install -y curl 2>&1 | head -1", {"runAsUser": 1000}, 0, LOCKED),
        ("alpine:3.20", "apk add curl", {"runAsUser": 1000}, 99, "ERROR: Failed to open apk database: Permission denied"),
        ("alpine:3.20", "apk add curl", {"readOnlyRootFilesystem": True}, 99, "ERROR: Failed to open apk database: Read-only file system"),
        ("alpine:3.20", "apt-get update", {}, 127, "sh: apt-get: not found"),
        (
            *("python:3.12", "pip install -r requirements.txt", {}, 1),
            "ERROR: Could not open requirements file: [Errno 2] No such file or directory: 'requirements.txt'",
        ),
        ("my/app:1", "pip install -r requirements.txt && echo done", {}, 0, "done"),
        (
            "node:20",
            "npm start",
            {},
            254,
            "npm error enoent Could not read package.json: Error: ENOENT: no such file or directory, open '/package.json'",
        ),
        ("node:20", "yarn dev", {}, 1, 'error Couldn\'t find a package.json file in "/"'),
        ("node:20", "echo '{}' > package.json && npm start && echo done", {}, 0, "done"),
    ],
)
def test_installations_that_cannot_work(play: Any, image: str, script: str, context: dict[str, Any], code: int, line: str) -> None:
    journal = play(container("main", image, "sh", "-c", script, securityContext=context), restartPolicy="Never")
    state = status(journal, "main").state
    assert state is not None
    assert state.terminated is not None
    assert (state.terminated.exit_code, logs(journal, "main")[-1]) == (code, line)


def test_files_that_an_init_container_copies_are_commands(play: Any) -> None:
    mount = [{"name": "bin", "mountPath": "/tools"}]
    copy = container("copy", "example.com/tools:1", "cp", "/bin/agent", "/tools/agent", volumeMounts=mount)
    main = container("main", "gcr.io/distroless/static", "/tools/agent", volumeMounts=mount)
    assert status(play(main, initContainers=[copy], volumes=[{"name": "bin", "emptyDir": {}}]), "main").ready is True


@pytest.mark.parametrize(("probe", "ready"), [("livenessProbe", True), ("readinessProbe", False), ("startupProbe", False)])
def test_a_probe_with_a_missing_command_neither_passes_nor_fails(play: Any, probe: str, ready: bool) -> None:
    handler = {probe: {"exec": {"command": ["cat /tmp/healthy"]}, "periodSeconds": 2}}
    journal = play(container("main", "busybox:1.36", "sleep", "3600", **handler))
    assert (status(journal, "main").ready, status(journal, "main").restart_count) == (ready, 0)
    messages = [text for text in events(journal, "Unhealthy") if "errored" in text]
    assert messages
    assert 'exec: "cat /tmp/healthy": stat cat /tmp/healthy: no such file or directory' in messages[0]


def test_hooks_with_a_missing_command_fail(play: Any) -> None:
    hook = {"postStart": {"exec": {"command": ["bash", "-c", "true"]}}}
    journal = play(container("main", "busybox:1.36", "sleep", "3600", lifecycle=hook))
    assert events(journal, "FailedPostStartHook")
    assert status(journal, "main").ready is False


def test_a_scenario_can_say_that_a_command_cannot_be_started(play: Any) -> None:
    rule = {"match": {"container": "main"}, "runs": [{"exec": [{"command": "check", "error": "failed to exec in container: gone"}]}]}
    main = container("main", "example.com/app:1", livenessProbe={"exec": {"command": ["check"]}, "periodSeconds": 1})
    journal = play(main, scenario={"programs": [rule]})
    assert status(journal, "main").restart_count == 0
    assert any("rpc error: code = Unknown desc = failed to exec in container: gone" in text for text in events(journal, ""))


def test_unknown_images_have_what_they_need_by_assumption(play: Any) -> None:
    journal = play(container("main", "example.com/app:1", "sh", "-c", "check-me; sleep 3600"))
    assert status(journal, "main").ready is True
    assert "image example.com/app:1: has the programs sh, check-me" in assumed(journal)


def test_the_program_of_a_command_is_an_assumption_where_podsim_has_no_list(play: Any) -> None:
    volume = {"volumeMounts": [{"name": "bin", "mountPath": "/tools"}]}
    copy = container("copy", "busybox:1.36", "cp", "/bin/busybox", "/tools/agent", **volume)
    mine = [container("a", "my/app:1", "/app/server"), container("b", "my/app:1", "worker"), container("c", "nginx", "nginx")]
    mine.append(container("d", "my/tool:1", "/tools/agent", **volume))
    journal = play(*mine, initContainers=[copy], volumes=[{"name": "bin", "emptyDir": {}}])
    programs = [text for text in assumed(journal).split("\n") if "has the program" in text]
    assert programs == ["image my/app:1: has the programs /app/server, worker"]


@pytest.mark.parametrize(("image", "command"), [("busybox:1.36", "sleeeep"), ("example.com/app:1", "sleep 3600")])
def test_nothing_is_assumed_of_a_container_that_cannot_start(play: Any, image: str, command: str) -> None:
    journal = play(container("main", image, command))
    assert "runs forever" not in assumed(journal)
    about = next(item for item in journal.header.assumptions or [] if item["subject"] == "pod/a main")
    assert about["text"] == f'does not start: exec: "{command}": executable file not found in $PATH'
    (outcome,) = evidence(Story(journal.at(journal.end)))
    assert (outcome.ready, outcome.level) == (False, "known" if image.startswith("busybox") else "assumed")


def test_a_command_that_appears_later_starts_by_the_usual_assumption(play: Any) -> None:
    mount = [{"name": "bin", "mountPath": "/tools"}]
    make = container(
        "make", "busybox:1.36", "sh", "-c", "sleep 20; printf '#!/bin/sh\\nsleep 1000\\n' > /tools/run; chmod +x /tools/run; sleep 1000"
    )
    make["volumeMounts"] = mount
    main = container("main", "busybox:1.36", "/tools/run", volumeMounts=mount)
    journal = play(main, make, volumes=[{"name": "bin", "emptyDir": {}}])
    assert status(journal, "main").ready is True
    assert "does not start" not in assumed(journal)


def test_a_scenario_says_what_an_image_has(play: Any) -> None:
    images = {"busybox:1.36": {"executables": ["sleeeep"]}, "example.com/*": {"like": "alpine:3.20"}, "my/app": {"like": "scratch"}}
    mine = [container("a", "busybox:1.36", "sleeeep"), container("b", "example.com/x", "bash"), container("c", "my/app", "sh")]
    journal = play(*mine, scenario={"images": images})
    assert [status(journal, name).ready for name in "abc"] == [True, False, False]
    assert "the programs of alpine are known" in "".join(item["reason"] for item in journal.header.assumptions or [])


@pytest.mark.parametrize(
    ("image", "command", "port"),
    [
        ("alpine/socat", ["socat", "TCP-LISTEN:10000,fork,reuseaddr", "UNIX-CONNECT:/run/app.sock"], 10000),
        ("bitnami/kubectl", ["kubectl", "proxy", "--port=8005"], 8005),
        ("alpine/git", ["git", "daemon", "--export-all"], 9418),
        ("example.com/tls:1", ["openssl", "s_server", "-accept", "8443"], 8443),
        ("busybox:1.36", ["sh", "-c", "httpd -p 8080; echo started; sleep 3600"], 8080),
    ],
)
def test_tools_that_serve_are_servers(play: Any, image: str, command: list[str], port: int) -> None:
    journal = play(container("main", image, *command, readinessProbe={"tcpSocket": {"port": port}, "periodSeconds": 1}))
    assert status(journal, "main").ready is True


@pytest.mark.parametrize(
    ("command", "port"),
    [
        ("mitmdump", 8080),
        ("mitmweb --web-port 8099", 8099),
        ("caddy file-server --listen :8082", 8082),
        ("minio server /data", 9000),
        ("consul agent -dev", 8500),
        ("vault server -dev", 8200),
        ("envoy -c /etc/envoy/envoy.yaml", 10000),
        ("php -S 0.0.0.0:8000 -t /app", 8000),
        ("ruby -run -e httpd . -p 8001", 8001),
        ("npx serve -l 3000", 3000),
        ("npx http-server", 8080),
        ("gunicorn --bind=0.0.0.0:8002 app:app", 8002),
        ("uvicorn main:app --host 0.0.0.0", 8000),
        ("flask --app shop run", 5000),
        ("python -m flask run --port 5001", 5001),
        ("python manage.py runserver 0.0.0.0:8003", 8003),
        ("bundle exec puma", 9292),
        ("rails server", 3000),
        ("jekyll serve", 4000),
        ("hugo server", 1313),
        ("iperf3 -s", 5201),
        ("memcached", 11211),
        ("mosquitto", 1883),
        ("/usr/sbin/sshd -D", 22),
        ("rclone serve http /data --addr :8071", 8071),
    ],
)
def test_servers_serve_in_the_middle_of_a_script(play: Any, command: str, port: int) -> None:
    image = {"php": "my/php", "ruby": "my/ruby"}.get(command.split()[0], "example.com/tools:1")
    main = container("main", image, "sh", "-c", f"echo start; {command}; echo end", readinessProbe={"tcpSocket": {"port": port}})
    journal = play(main)
    assert (status(journal, "main").ready, logs(journal, "main")) == (True, ["start"])


def test_servers_without_declared_ports_listen_on_their_usual_one(play: Any) -> None:
    serve = container("serve", "example.com/shop:1", "gunicorn", "-b", ":8002", "shop:app")
    wait = container("wait", "busybox:1.36", "sh", "-c", "until nc -z localhost 8002; do sleep 1; done; echo up; sleep 1000")
    assert logs(play(serve, wait), "wait") == ["up"]


def test_a_port_that_is_only_guessed_is_no_conflict_in_a_container(play: Any) -> None:
    main = container("main", "example.com/all:1", "sh", "-c", "redis-server & gunicorn -b :9000 app:app")
    journal = play({**main, "readinessProbe": {"tcpSocket": {"port": 9000}}})
    assert (status(journal, "main").ready, status(journal, "main").restart_count) == (True, 0)


def test_an_init_container_that_serves_never_ends(play: Any) -> None:
    init = container("init", "example.com/shop:1", "uvicorn", "main:app")
    journal = play(container("main", "nginx"), initContainers=[init])
    assert status(journal, "main").ready is False


@pytest.mark.parametrize(
    ("image", "words", "code"),
    [
        ("eclipse-temurin:21", ["java", "-version"], 0),
        ("example.com/tool:1", ["/tool", "--help"], 0),
        ("node:20", ["npm", "start"], 254),
        ("amazon/aws-cli:2", [], 0),
    ],
)
def test_commands_that_end_are_no_work_that_goes_on(play: Any, image: str, words: list[str], code: int) -> None:
    args = {} if words else {"args": ["s3", "sync", "s3://bucket", "/data"]}
    state = status(play(container("main", image, *words, **args), restartPolicy="Never"), "main").state
    assert state is not None
    assert state.terminated is not None
    assert state.terminated.exit_code == code


@pytest.mark.parametrize("command", ["haproxy -c -f /x.cfg", "consul --version", "rails db:migrate", "openssl version", "envoy --version"])
def test_what_serves_with_other_words_ends(play: Any, command: str) -> None:
    journal = play(container("main", "example.com/tools:1", "sh", "-c", f"{command}; echo end"), restartPolicy="Never")
    assert logs(journal, "main")[-1] == "end"


@pytest.mark.parametrize(
    ("image", "command"),
    [
        ("example.com/shop:1", ["node", "/src/server.js"]),
        ("example.com/worker:1", ["php", "/src/worker.php"]),
        ("alpine:3.20", ["sh", "-c", "apk add --no-cache stress-ng && stress-ng --cpu 1"]),
        ("ubuntu:24.04", ["bash", "-c", "/opt/agent/run.sh"]),
        ("docker:28-dind", []),
        ("minio/mc", ["mc", "mirror", "--watch", "a/b", "c/d"]),
    ],
)
def test_programs_that_go_on_working(play: Any, image: str, command: list[str]) -> None:
    assert status(play(container("main", image, *command)), "main").ready is True


@pytest.mark.parametrize(
    ("image", "args", "command"),
    [
        ("istio/proxyv2:1.20", ["proxy", "sidecar"], ["pilot-agent", "wait"]),
        ("gitea/gitea:1.22", [], ["gitea", "generate", "secret", "KEY"]),
    ],
)
def test_another_verb_of_an_images_server_is_a_step(play: Any, image: str, args: list[str], command: list[str]) -> None:
    hook = {"postStart": {"exec": {"command": command}}}
    assert status(play(container("main", image, lifecycle=hook, args=args)), "main").ready is True
