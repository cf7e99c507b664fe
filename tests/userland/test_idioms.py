"""Every way in which real init containers wait: it waits while the thing is missing, and continues when it exists."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.fake_container import Container, World


def _load(name: str) -> list[dict[str, Any]]:
    idioms: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / name).read_text(encoding="utf-8"))
    for idiom in idioms:
        idiom.setdefault("argv", next(([shell, "-c", idiom[shell]] for shell in ("sh", "bash") if shell in idiom), None))
    return idioms


REAL, OWN = _load("idioms.yaml"), [*_load("idioms_own.yaml"), *_load("idioms_charts.yaml")]
IDIOMS = REAL + OWN
NOT_SHELL = {
    "idiom-088": "arguments only: what they mean is known to the image's own entrypoint (hydra)",
    "idiom-113": "arguments only: the image's own entrypoint is git",
    "idiom-140": "PowerShell: there are no Windows nodes",
    "idiom-144": "arguments only: the image's own entrypoint checks this host",
    "idiom-146": "arguments only: the image's own entrypoint sleeps so long",
    "idiom-151": "arguments only of a proxy that runs beside its pod",
    "idiom-152": "arguments only of a proxy that runs beside its pod",
    "idiom-154": "arguments only of a proxy that runs beside its pod",
}
"""Real init containers in which there is nothing for a shell to do."""
APPEARS = 7.3  # seconds; no multiple of any pause in the scripts
PATIENCE = 70.0

READY_POD: dict[str, Any] = {"kind": "Pod", "metadata": {"name": "p"}, "status": {"phase": "Running"}}
READY_POD["status"]["conditions"] = [{"type": "Ready", "status": "True"}]
OBJECTS: dict[str, dict[str, Any]] = {
    "job": {"kind": "Job", "metadata": {"name": "j"}, "status": {"succeeded": 1, "conditions": [{"type": "Complete", "status": "True"}]}},
    "service": {"kind": "Service", "metadata": {"name": "s"}, "spec": {"selector": {"app": "redis"}}},
    "pod": READY_POD,
    "controlplane": {"kind": "ControlPlane", "metadata": {"name": "its1"}, "status": {"phase": "Running"}},
    "cephclient": {"kind": "CephClient", "metadata": {"name": "client"}, "status": {"info": {"secretName": "s3cret"}}},
}


def labels_asked_for(container: Container) -> dict[str, str]:
    """The labels by which a script looks for pods."""
    terms = re.findall(r"-l \"?(\w+)=\$?(\w+)", " ".join(container.argv))
    return {key: container.env.get(value, value) for key, value in terms}


def provide(container: Container, need: str) -> None:
    """Make what an idiom waits for appear."""
    kind, _, what = need.partition(" ")
    world = container.world
    if kind == "dns":
        world.names.add(what)
    elif kind == "tcp":
        host, _, port = what.rpartition(":")
        world.open(host, int(port))
    elif kind == "file":
        path, _, text = what.partition("=")
        container.volume.put(path.lstrip("/"), text or {"/proc/sys/vm/max_map_count": "262144\n"}.get(path, "vm-passthrough"))
    else:
        api_kind, _, name = what.partition(" ")
        world.objects[api_kind, name or "p"] = OBJECTS[api_kind]
        if api_kind in ("pod", "service"):
            world.objects["pod", name if name and api_kind == "pod" else "p"] = {
                **READY_POD,
                "metadata": {"labels": labels_asked_for(container)},
            }
        if api_kind == "cephclient":
            world.objects["secret", "s3cret"] = {"data": {"client": "a2V5"}}
            world.objects["configmap", "rook-ceph-mon-endpoints"] = {"data": {"data": "a=10.0.0.1:6789"}}


def start(idiom: dict[str, Any], *needs: str) -> Container:
    world = World(image={"/usr/local/bin/argocd", "/flannel", *idiom.get("image", ())}, names={"metadata.google.internal"})
    world.body = idiom.get("body", world.body)
    world.open("metadata.google.internal", 80)
    container = Container(*idiom["argv"], world=world, env=idiom.get("env"), files=idiom.get("files"))
    for need in (*idiom.get("there", ()), *needs):
        provide(container, need)
    return container


def chosen(*ends: str) -> list[Any]:
    return [pytest.param(i, id=i["id"]) for i in IDIOMS if i["ends"] in ends]


@pytest.mark.parametrize("idiom", chosen("waits"))
def test_it_waits_while_the_thing_is_missing_and_goes_on_when_it_is_there(idiom: dict[str, Any]) -> None:
    container = start(idiom).run(APPEARS)
    assert container.main.status is None, (container.stdout, container.stderr)
    for need in idiom["needs"]:
        provide(container, need)
    container.run(PATIENCE)
    assert container.main.status == 0, (container.stdout, container.stderr)
    assert container.at >= APPEARS
    assert bool(container.world.notes) == idiom.get("note", False)


@pytest.mark.parametrize("idiom", chosen("waits", "fails"))
def test_it_does_not_wait_when_the_thing_is_there(idiom: dict[str, Any]) -> None:
    container = start(idiom, *idiom["needs"]).run(PATIENCE)
    assert (container.main.status, container.at) == (0, idiom.get("after", 0)), (container.stdout, container.stderr)


@pytest.mark.parametrize("idiom", chosen("fails"))
def test_it_fails_at_once_while_the_thing_is_missing(idiom: dict[str, Any]) -> None:
    container = start(idiom).run(PATIENCE)
    assert container.main.status, container.stdout
    assert container.at == 0


@pytest.mark.parametrize("idiom", chosen("never", "runs"))
def test_it_never_ends(idiom: dict[str, Any]) -> None:
    container = start(idiom, *idiom.get("needs", ())).run(600)
    assert container.main.status is None
    assert container.at == 600


@pytest.mark.parametrize("idiom", [pytest.param(i, id=i["id"]) for i in IDIOMS if i["ends"].startswith("exit")])
def test_it_ends_by_itself(idiom: dict[str, Any]) -> None:
    match = re.fullmatch(r"exit (\d+) at (\d+)", idiom["ends"])
    assert match
    container = start(idiom).run(600)
    assert (container.main.status, container.at) == (int(match[1]), int(match[2])), (container.stdout, container.stderr)


def test_all_real_idioms_are_here() -> None:
    assert sorted([*NOT_SHELL, *(idiom["id"] for idiom in REAL)]) == [f"idiom-{number:03d}" for number in range(1, 155)]
    assert len(OWN) >= 290
    assert sum(idiom["ends"] == "waits" for idiom in IDIOMS) >= 330


@pytest.mark.parametrize("idiom", [pytest.param(i, id=i["id"]) for i in IDIOMS])
def test_unknown_commands_are_named(idiom: dict[str, Any]) -> None:
    container = start(idiom, *idiom.get("needs", ())).run(PATIENCE)
    assert bool(container.world.unknown_commands) == idiom.get("unknown", False), container.world.unknown_commands
