"""Content that nothing describes: paths exist where a process relies on them, and nowhere else; each assumption is reported once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator.container.filesystem import FileSystem
from simulator.container.inodes import Volume, standard_root
from simulator.container.unknown_content import PARENTS
from simulator.manifest.documents import Document, documents
from simulator.process.effects import Credentials, Stat
from simulator.process.errno import Errno

from .test_processes import ended, logs, play, pod, sh, status

__all__ = ["play"]

CLAIM = {
    "apiVersion": "v1",
    "kind": "PersistentVolumeClaim",
    "metadata": {"name": "data"},
    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
}
VOLUMES = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}, {"name": "empty", "emptyDir": {}}]
MOUNTS = [{"name": "data", "mountPath": "/data"}, {"name": "empty", "mountPath": "/empty"}]


class Everything:
    """Unknown content that has every path."""

    def __init__(self) -> None:
        self.relied_on: list[str] = []

    def give(self, path: str) -> None:
        pass

    def may_be_made(self, path: str) -> bool:
        return False

    def has(self, path: str, origin: str, *, relied_on: bool | None, is_new: bool = False) -> bool:
        if origin and relied_on:
            self.relied_on.append(path)
        return bool(origin) and relied_on is not False


def assumptions(journal: Any) -> list[str]:
    return [f"{item['subject']}: {item['text']} ({item['reason']})" for item in journal.header.assumptions if "paths:" in item["override"]]


def on_claim(name: str, script: str, image: str = "busybox", **more: Any) -> dict[str, Any]:
    return pod(name, {**sh("main", script, volumeMounts=MOUNTS, **more), "image": image}, volumes=VOLUMES)


# ------------------------------------------------------------------------------------------------------------------ the file system
def files() -> tuple[FileSystem, Everything]:
    volume, content = Volume(), Everything()
    volume.root.origin = "the claim data"
    system = FileSystem()
    system.content = content
    system.mount("/data", volume)
    return system, content


@pytest.mark.parametrize(
    ("path", "use", "kind"),
    [("/data/lost+found", "any", "dir"), ("/data/a.yaml", "any", "file"), ("/data/Makefile", "any", "file"), ("/data/bin", "file", "file"),
     ("/data/x.d", "dir", "dir"), ("/data/a/b/c", "file", "file"), ("/data/run", "program", "file")],
)  # fmt: skip
def test_what_a_path_is_follows_from_its_use(path: str, use: str, kind: str) -> None:
    found = files()[0].stat(path, use=use)
    assert isinstance(found, Stat)
    assert (found.kind, found.unknown) == (kind, True)


def test_only_what_a_process_relies_on_is_assumed_and_only_once() -> None:
    system, content = files()
    assert system.stat("/data/a") is Errno.ENOENT
    assert system.stat("/a", use="file") is Errno.ENOENT, "the root file system is known"
    system.stat("/data/x/y", use="file")
    system.stat("/data/x/y", use="file")
    assert content.relied_on == ["/data/x/y"]
    assert system.list("/data") == ("x",)


def test_a_later_use_corrects_the_kind() -> None:
    system, _ = files()
    system.stat("/data/run", use="any")
    assert not isinstance(system.open("/data/run", "r"), Errno)
    kind = system.stat("/data/run")
    assert isinstance(kind, Stat)
    assert kind.kind == "file"


def test_what_was_removed_is_missing() -> None:
    system, _ = files()
    system.stat("/data/lock", use="file")
    assert system.remove("/data/lock") is None
    assert system.stat("/data/lock", use="file") is Errno.ENOENT
    assert system.remove("/data/never") is Errno.ENOENT
    assert system.stat("/data/never", use="file") is Errno.ENOENT


def test_directories_above_a_new_file_are_relied_on_and_belong_to_the_process() -> None:
    system, content = files()
    user = Credentials(uid=1000, gid=1000)
    system.stat("/data/log/app", use=PARENTS, who=user)
    assert not isinstance(system.open("/data/log/app/out", "w", user), Errno)
    assert content.relied_on == ["/data/log/", "/data/log/app/"]


def test_base_images_have_nothing_besides_their_packages() -> None:
    for is_base, path, exists in (
        (True, "/app/run.sh", False),
        (True, "/etc/app.conf", False),
        (True, "/usr/share/zoneinfo/UTC", True),
        (True, "/etc/os-release", True),
        (False, "/app/run.sh", True),
        (False, "/etc/app.conf", True),
        (False, "/tmp/healthy", False),
        (False, "/run/app.pid", False),
    ):
        system = FileSystem(standard_root(origin="the image app", is_base=is_base))
        system.content = Everything()
        assert isinstance(system.stat(path, use="file"), Stat) == exists, (is_base, path)


# -------------------------------------------------------------------------------------------------------------------- in a whole run
@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("ls /data/lost+found && cat /data/conf/a.yaml && cd /data/models", 0),
        ("[ -f /data/model.bin ] && [ -d /data/sub ] && [ -s /data/index ] && grep -q anything /data/list", 0),
        (". /data/env.sh && cp /data/a /tmp/a && cp -r /data/tree /empty/ && cat /empty/tree/leaf.txt", 0),
        ("sh /data/setup.sh && /data/bin/migrate --all && true", 0),
        ("rm /data/lock && ! [ -e /data/lock ]", 0),
        ("echo x > /data/sub/new && cat /data/sub/new", 0),
        ("cat /empty/a", 1),
        ("ls /tmp/x", 1),
        ("cd /app || exit 7", 7),
        ("/empty/bin/run", 127),
        ("[ -e /etc/app.conf ]", 1),
    ],
)
def test_claims_are_unknown_and_other_places_are_known(play: Any, script: str, code: int) -> None:
    journal = play(CLAIM, on_claim("a", script))
    assert ended(journal, "a", "main").exit_code == code, logs(journal, "main")


@pytest.mark.parametrize("image", ["busybox:1.36", "shop/tools"])
def test_a_program_in_a_volume_is_no_assumption_about_the_image(play: Any, image: str) -> None:
    journal = play(CLAIM, on_claim("a", "/data/bin/migrate --all && /empty/bin/run", image))
    assert logs(journal, "main") == ["sh: /empty/bin/run: not found"]
    texts = [item["text"] for item in journal.header.assumptions]
    assert not [text for text in texts if "has the program" in text and ("/data/" in text or "/empty/" in text)]


def test_a_container_has_one_assumption_that_names_all_paths(play: Any) -> None:
    journal = play(CLAIM, on_claim("a", "ls /data/b; cat /data/a.txt; cat /data/a.txt"))
    assert assumptions(journal) == ["pod/a main: /data/b/, /data/a.txt exist (what the claim data contains is unknown)"]
    override = next(item["override"] for item in journal.header.assumptions if "paths:" in item["override"])
    assert override == "paths: [{match: {workload: pod/a, container: main}, exist: [/data/b/, /data/a.txt]}]"


def test_a_path_that_a_script_of_the_manifests_creates_is_missing_until_then(play: Any) -> None:
    writer = on_claim("writer", "sleep 10; echo 1 > /data/ready; sleep 100")
    reader = on_claim("reader", "until [ -f /data/ready ]; do sleep 1; done; date +%s > /data/seen; sleep 100")
    first = on_claim("first", "if [ ! -d /data/db ]; then echo initialises; mkdir /data/db; fi")
    journal = play(CLAIM, writer, reader, first)
    assert logs(journal, "main") == ["initialises"]
    assert assumptions(journal) == []


@pytest.mark.parametrize(
    "script",
    [
        "git clone https://example.com/app.git /empty/src && cd /empty/src/server && cat package.json",
        "wget -qO- https://example.com/a.tgz | tar xz -C /empty && cd /empty/a && ls bin",
        "curl -sSfo /tmp/a.zip https://example.com/a.zip && unzip -q /tmp/a.zip -d /empty/a && cat /empty/a/b.txt",
        "cd /empty && wget -q https://example.com/tool && chmod +x tool && ./tool --version && true",
        "curl -so /tmp/a.tgz https://example.com/a && mkdir /empty/x && tar -xzf /tmp/a.tgz -C /empty/x && sh /empty/x/run.sh && true",
        "wget -q -O /tmp/install.sh https://example.com/install.sh && sh /tmp/install.sh && true",
        "curl -fsSL https://get.example.com | sh && tool --version && true",
    ],
)
def test_clones_archives_and_downloads_bring_unknown_content(play: Any, script: str) -> None:
    job = pod("a", {**sh("main", script, volumeMounts=[MOUNTS[1]]), "image": "buildpack-deps"}, volumes=[VOLUMES[1]])
    journal = play(job)
    assert ended(journal, "a", "main").exit_code == 0, logs(journal, "main")


@pytest.mark.parametrize(
    "script",
    [
        "cd /empty && npm ci --omit=dev && ls node_modules/express && node_modules/.bin/migrate && true",
        "pip install --quiet --target /empty/deps -r requirements.txt && cat /empty/deps/app/main.py",
        "cd /empty && composer install && . vendor/autoload.sh",
    ],
)
def test_installed_packages_are_unknown_content(play: Any, script: str) -> None:
    job = pod("a", {**sh("main", script, volumeMounts=[MOUNTS[1]]), "image": "shop/tools"}, volumes=[VOLUMES[1]])
    journal = play(job)
    assert ended(journal, "a", "main").exit_code == 0, logs(journal, "main")


def test_an_archive_that_is_not_there_cannot_be_unpacked(play: Any) -> None:
    journal = play(pod("a", {**sh("main", "tar xzf /tmp/no.tgz -C /opt"), "image": "debian"}))
    assert ended(journal, "a", "main").exit_code != 0


def test_a_copy_of_unknown_content_is_unknown(play: Any) -> None:
    init = {**sh("assets", "cp -r /app/public/. /shared/", volumeMounts=[{"name": "s", "mountPath": "/shared"}]), "image": "shop/assets"}
    main = {
        **sh("main", "test -f /html/index.html && test -d /html/css", volumeMounts=[{"name": "s", "mountPath": "/html"}]),
        "image": "busybox",
    }
    journal = play(pod("a", main, initContainers=[init], volumes=[{"name": "s", "emptyDir": {}}]))
    assert ended(journal, "a", "main").exit_code == 0
    assert assumptions(journal) == [
        "pod/a assets: /app/public/ exists (what the image shop/assets contains is unknown)",
        "pod/a main: /html/index.html, /html/css/ exist (what a copy of /app/public contains is unknown)",
    ]


def test_a_probe_fails_on_a_scratch_file_that_nothing_creates_unless_a_scenario_says_that_it_exists(play: Any) -> None:
    main = {"name": "main", "image": "nginx", "readinessProbe": {"exec": {"command": ["cat", "/tmp/healthy"]}, "periodSeconds": 1}}
    journal = play(pod("a", main))
    assert not status(journal, "a", "main").ready
    assert assumptions(journal) == ["pod/a main: /tmp/healthy is missing (no manifest creates it)"]
    stated = play(pod("a", main), paths=[{"match": {"workload": "pod/a"}, "exist": ["/tmp/*"]}])
    assert status(stated, "a", "main").ready
    assert assumptions(stated) == []


def test_a_scenario_says_what_unknown_content_does_not_have(play: Any) -> None:
    match = {"container": "main"}
    journal = play(CLAIM, on_claim("a", "ls /data/x || exit 4"), paths=[{"match": match, "missing": ["/data/x"]}])
    assert ended(journal, "a", "main").exit_code == 4
    rules = [{"match": match, "exist": ["/data/keep/x"]}, {"match": match, "missing": ["/data/*"]}]
    journal = play(CLAIM, on_claim("a", "cat /data/keep/x && ! ls /data/y"), paths=rules)
    assert ended(journal, "a", "main").exit_code == 0
    assert assumptions(journal) == []


def reliances() -> list[Any]:
    document = next(documents((Path(__file__).with_name("reliances.yaml")).read_text(encoding="utf-8")))
    assert isinstance(document, Document)
    return [pytest.param(row, id=row["script"]) for row in document.value]


@pytest.mark.parametrize("row", reliances())
def test_a_path_exists_or_is_missing_as_the_script_relies_on_it(play: Any, row: dict[str, Any]) -> None:
    journal = play(CLAIM, on_claim("a", row["script"], row.get("image", "busybox")))
    container = status(journal, "a", "main")
    ended_with = container.state.terminated and container.state.terminated.exit_code
    assert ended_with == row.get("exit"), logs(journal, "main")
    parts = []
    missing = [*row.get("missing", []), *row.get("empty", [])]
    for paths, one, several in ((row.get("exists"), "exists", "exist"), (missing, "is missing", "are missing")):
        if paths:
            parts.append(f"{', '.join(paths)} {several if len(paths) > 1 else one}")
    reason = "the claim data is new, so it is empty" if "empty" in row else "what the claim data contains is unknown"
    assert assumptions(journal) == ([f"pod/a main: {'; '.join(parts)} ({reason})"] if parts else [])


DISK = {
    "apiVersion": "v1",
    "kind": "PersistentVolume",
    "metadata": {"name": "disk"},
    "spec": {"accessModes": ["ReadWriteOnce"], "capacity": {"storage": "1Gi"}, "storageClassName": "", "hostPath": {"path": "/srv"}},
}
OLD_DATA = "if [ -f /data/id ]; then echo old; else echo new; fi"


def test_only_a_claim_that_the_run_provisions_is_empty(play: Any) -> None:
    """What is on an existing PersistentVolume, or comes from a snapshot, is unknown; so is what an unknown program has written."""
    bound = {**CLAIM, "spec": {**CLAIM["spec"], "storageClassName": "", "volumeName": "disk"}}
    restored = {
        **CLAIM,
        "spec": {**CLAIM["spec"], "dataSource": {"apiGroup": "snapshot.storage.k8s.io", "kind": "VolumeSnapshot", "name": "s"}},
    }
    init = {"name": "fill", "image": "shop/fill", "volumeMounts": MOUNTS}
    filled = pod("a", sh("main", OLD_DATA, volumeMounts=MOUNTS), initContainers=[init], volumes=VOLUMES)
    assert logs(play(CLAIM, on_claim("a", OLD_DATA)), "main") == ["new"]
    assert logs(play(DISK, bound, on_claim("a", OLD_DATA)), "main") == ["old"]
    assert logs(play(restored, on_claim("a", OLD_DATA)), "main") == ["old"]
    assert logs(play(CLAIM, filled), "main") == ["old"]


@pytest.mark.parametrize(
    ("command", "ready"),
    [
        (["test", "-f", "/data/ready"], True),
        (["sh", "-c", "! test -f /data/lock"], True),
        (["sh", "-c", "if [ -f /data/lock ]; then exit 1; fi"], True),
        (["sh", "-c", "ls /data/ready && [ ! -e /data/draining ]"], True),
        (["cat", "/empty/ready"], False),
    ],
)
def test_probes_rely_on_what_lets_them_pass(play: Any, command: list[str], ready: bool) -> None:
    journal = play(CLAIM, on_claim("a", "sleep 1000", readinessProbe={"exec": {"command": command}, "periodSeconds": 1}))
    assert status(journal, "a", "main").ready is ready


def test_what_a_hook_waits_for_comes_or_goes(play: Any) -> None:
    hook = {"exec": {"command": ["sh", "-c", "while [ -f /data/lock ]; do sleep 1; done; until [ -f /data/ready ]; do sleep 1; done"]}}
    journal = play(CLAIM, on_claim("a", "sleep 1000", lifecycle={"postStart": hook}))
    assert status(journal, "a", "main").state.running
    assert assumptions(journal) == ["pod/a main: /data/ready exists; /data/lock is missing (what the claim data contains is unknown)"]


CODE = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "code"}, "data": {"app.py": "print()", "server.js": "x()"}}
FILES_OF_INTERPRETERS = [
    ("python:3.12", "python /code/main.py", 2, "python: can't open file '/code/main.py': [Errno 2] No such file or directory"),
    ("python:3.12", "python3 -u -W ignore main.py", 2, "python3: can't open file '/code/main.py': [Errno 2] No such file or directory"),
    ("python:3.12", "python /code/app.py", None, ""),
    ("python:3.12", "python -m app", None, ""),
    ("python:3.12", "python /app/app.py", 2, "python: can't open file '/app/app.py': [Errno 2] No such file or directory"),
    ("shop/app", "python /app/app.py", None, ""),
    ("shop/app", "python /empty/app.py", 2, "python: can't open file '/empty/app.py': [Errno 2] No such file or directory"),
    ("shop/app", "python /data/app.py", None, ""),
    ("node:20", "node /code/index.js", 1, "Error: Cannot find module '/code/index.js'"),
    ("node:20", "node -r ./tracing server", None, ""),
    ("node:20", "node -e serve()", None, ""),
    ("ruby:3.3", "ruby /code/x.rb", 1, "ruby: No such file or directory -- /code/x.rb (LoadError)"),
    ("perl:5", "perl x.pl", 2, 'Can\'t open perl script "x.pl": No such file or directory'),
    ("php:8.3-cli", "php x.php", 1, "Could not open input file: x.php"),
    ("php:8.3-cli", "php -S 0.0.0.0:80", None, ""),
    ("eclipse-temurin:21", "java -Xmx64m -jar app.jar", 1, "Error: Unable to access jarfile app.jar"),
]


@pytest.mark.parametrize(("image", "command", "code", "line"), FILES_OF_INTERPRETERS, ids=lambda value: str(value).replace("/", "-"))
def test_an_interpreter_needs_its_file(play: Any, image: str, command: str, code: int | None, line: str) -> None:
    mounts = [*MOUNTS, {"name": "code", "mountPath": "/code"}]
    main = {"name": "main", "image": image, "command": command.split(), "workingDir": "/code", "volumeMounts": mounts}
    journal = play(CLAIM, CODE, pod("a", main, volumes=[*VOLUMES, {"name": "code", "configMap": {"name": "code"}}]))
    terminated = status(journal, "a", "main").state.terminated
    assert (terminated and terminated.exit_code) == code
    assert logs(journal, "main")[:1] == ([line] if line else [])
    relied = ["pod/a main: /data/app.py exists (what the claim data contains is unknown)"] if "/data/" in command else []
    assert assumptions(journal) == relied


SHARED = [{"name": "w", "emptyDir": {}}]


def sharing(*init: dict[str, Any], main: dict[str, Any]) -> dict[str, Any]:
    """A pod whose containers have one emptyDir at /work, unless they say where."""
    mounts = [{"name": "w", "mountPath": "/work"}]
    containers = [{"volumeMounts": mounts, **container} for container in (*init, main)]
    spec = {"initContainers": containers[:-1], "containers": containers[-1:], "volumes": SHARED, "restartPolicy": "Never"}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": spec}


def script(name: str, text: str, image: str = "busybox:1.36") -> dict[str, Any]:
    return {"name": name, "image": image, "command": ["sh", "-c", text]}


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ({"name": "install", "image": "example.com/install:1", "args": ["--to=/work"]}, 0),
        (script("install", "exec /opt/install --to=/work", "example.com/install:1"), 0),
        (script("install", "cp /etc/passwd /work/users"), 127),
        ({"name": "install", "image": "busybox:1.36", "command": ["true"]}, 127),
    ],
    ids=["image", "command", "interpreted", "nothing"],
)
def test_what_an_unknown_program_writes_into_a_shared_volume_is_unknown(play: Any, first: dict[str, Any], code: int) -> None:
    journal = play(sharing(first, main=script("main", "/work/bin/tool --all && cat /work/conf/a.yaml")))
    assert ended(journal, "a", "main").exit_code == code, logs(journal, "main")
    named = [text for text in assumptions(journal) if "a volume that install writes" in text]
    assert bool(named) == (code == 0), assumptions(journal)


def test_a_directory_around_a_mount_is_still_the_images(play: Any) -> None:
    mounts = [{"name": "w", "mountPath": "/root/tomcat/webapps"}]
    text = "cat /root/tomcat/conf/server.xml && /root/tomcat/bin/check && echo fine"
    journal = play(sharing(main={**script("main", text, "example.com/own:7"), "volumeMounts": mounts}))
    assert logs(journal, "main") == ["⟨unknown⟩", "fine"]


def test_an_unknown_command_may_create_the_paths_it_is_given(play: Any) -> None:
    migrate = "if [ ! -f /data/db/app ]; then migrate --db=/data/db; fi; [ -f /data/db/app ] || exit 3; [ -f /data/db/more ] && echo fine"
    assert logs(play(CLAIM, on_claim("a", migrate, "shop/app")), "main") == ["fine"]
    other = "if [ ! -f /data/app ]; then migrate; fi; [ -f /data/app ] || exit 3"
    assert ended(play(CLAIM, on_claim("a", other, "shop/app")), "a", "main").exit_code == 3
