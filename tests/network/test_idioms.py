"""The ways in which init containers wait, played in a whole cluster: Services and pods appear after a while, and what waited goes on."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator.cluster import simulate
from simulator.journal.journal import Journal
from simulator.objects.kinds import Key
from simulator.objects.pod import Pod
from simulator.objects.pod_status import ContainerStatus
from simulator.scenario.inputs import Choices
from simulator.units import SECOND
from tests.userland.test_idioms import IDIOMS, NOT_SHELL

Manifest = dict[str, Any]
APPEARS = 20 * SECOND
HORIZON = 200 * SECOND
GIVES_UP = {"tcp-17", "tool-09", "idiom-097", "idiom-098"}
"""Those that have ended before anything appears: their patience is shorter."""
OTHERWISE = {
    "http-14": "looks for a word of its own",
    "idiom-002": "asks in the namespace of its project",
    "idiom-008": "kubernetes.default is always there",
    **dict.fromkeys(("idiom-028", "idiom-069", "idiom-071", "idiom-075"), "a placeholder in capitals is no Service's name"),
}


def _meta(name: str, namespace: str, **labels: str) -> Manifest:
    return {"name": name, "namespace": namespace, **({"labels": labels} if labels else {})}


def _pod(name: str, namespace: str, app: str, ports: list[int], **spec: Any) -> Manifest:
    container = {"name": "c", "image": "srv:1", "ports": [{"containerPort": port} for port in ports]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": _meta(name, namespace, app=app), "spec": {**spec, "containers": [container]}}


def _service(name: str, namespace: str, ports: list[int], **spec: Any) -> Manifest:
    spec |= {"selector": {"app": name}, "ports": [{"name": f"p{port}", "port": port} for port in ports]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": _meta(name, namespace), "spec": spec}


def _place(host: str) -> tuple[str, str, str] | None:
    """(pod or "", Service, namespace) that a host means; None: it is outside of the cluster."""
    parts = host.rstrip(".").removesuffix(".svc.cluster.local").removesuffix(".svc").split(".")
    ordinal = re.search(r"-\d+$", parts[0]) is not None
    if len(parts) > 2 + ordinal or (len(parts) == 2 and parts[1] in ("com", "io", "org")) or host.endswith(".internal"):
        return None
    name = parts.pop(0) if ordinal and len(parts) > 1 else ""
    return name, parts[0], parts[1] if len(parts) > 1 else "default"


def _provided(needs: list[str]) -> list[Manifest] | None:
    """Namespaces, Services and pods that an idiom needs; None: it needs other things."""
    expected: dict[tuple[str, str], dict[str, list[int]]] = {}
    for need in needs:
        kind, _, what = need.partition(" ")
        host, _, port = what.rpartition(":") if kind == "tcp" else (what, "", "80")
        place = _place(host) if kind in ("tcp", "dns") else None
        if place is None:
            return None
        expected.setdefault(place[1:], {}).setdefault(place[0], []).append(int(port))
    made: list[Manifest] = []
    for (service, namespace), pods in sorted(expected.items()):
        ports = sorted({port for each in pods.values() for port in each})
        made.append(_service(service, namespace, ports, **({} if "" in pods else {"clusterIP": "None"})))
        for name, own in sorted(pods.items()):
            spec = {"hostname": name, "subdomain": service} if name else {}
            made.append(_pod(name or service, namespace, service, own, **spec))
    return made


def _chosen() -> list[Any]:
    return [
        pytest.param(idiom, made, id=idiom["id"])
        for idiom in IDIOMS
        if idiom["ends"] in ("waits", "fails") and "files" not in idiom and "body" not in idiom and idiom["id"] not in OTHERWISE
        if (made := _provided(idiom["needs"])) is not None
    ]


def _played(folder: Path, argv: list[str], env: dict[str, Any], later: list[Manifest]) -> Journal:
    namespaces = sorted({item["metadata"]["namespace"] for item in later} - {"default"})
    first = [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in namespaces]
    variables = [{"name": name, "value": str(value)} for name, value in env.items()]
    step = {"name": "step", "image": "my/app:1", "command": argv, "env": variables}
    spec = {"initContainers": [step], "containers": [{"name": "main", "image": "nginx"}]}
    app = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "app-2"}, "spec": spec}
    (folder / "app.yaml").write_text(yaml.safe_dump_all([*first, app]), encoding="utf-8")
    (folder / "later.yaml").write_text(yaml.safe_dump_all(later), encoding="utf-8")
    actions = [{"at": "20s", "apply": "later.yaml"}]
    # The address of a Service answers pings only under IPVS.
    network = {"proxyMode": "ipvs"} if any("ping " in word for word in argv) else {}
    whole = {"manifests": ["app.yaml"], "actions": actions, "cluster": {"network": network}}
    scenario = {"apiVersion": "podsim/v1", "kind": "Scenario", "spec": whole}
    (folder / "scenario.yaml").write_text(yaml.safe_dump(scenario), encoding="utf-8")
    return simulate([str(folder / "scenario.yaml")], Choices(duration=HORIZON))


def _step(journal: Journal, at: int) -> ContainerStatus:
    pod = journal.at(at).get(Key("Pod", "default", "app-2"))
    assert isinstance(pod, Pod)
    return pod.status.init_container_statuses[0]


@pytest.mark.parametrize(("idiom", "later"), _chosen())
def test_it_waits_in_a_cluster_and_continues(idiom: dict[str, Any], later: list[Manifest], tmp_path: Path) -> None:
    journal = _played(tmp_path, idiom["argv"], idiom.get("env") or {}, later)
    before, after = _step(journal, APPEARS - 1), _step(journal, HORIZON)
    if idiom["ends"] == "waits" and idiom["id"] not in GIVES_UP:
        assert before.state.running is not None
        assert before.restart_count == 0
    elif idiom["ends"] == "fails":
        ended = before.state.terminated or before.last_state.terminated
        assert ended is not None
        assert ended.exit_code
    assert after.state.terminated is not None
    assert after.state.terminated.exit_code == 0


def test_most_idioms_are_played() -> None:
    assert len(_chosen()) >= 300


IMAGES: dict[str, tuple[dict[str, Any], str]] = {
    "idiom-088": ({"image": "oryd/hydra:v1.9.2-sqlite", "args": ["migrate", "-c", "/etc/hydra.yml", "sql", "-e", "--yes"]}, "ends"),
    "idiom-113": (
        {"image": "alpine/git:latest", "args": ["clone", "--depth=1", "--", "https://github.com/x/y", "/data"]},
        "ends",
    ),
    "idiom-140": ({"image": "antrea/antrea-windows", "command": ["powershell"], "args": ["-file", "Install.ps1"]}, "ends"),
    "idiom-144": ({"image": "luksa/network-connectivity-checker:0.1", "args": ["nonexistent.host.nowhere"]}, "fails"),
    "idiom-146": ({"image": "luksa/init-demo:0.1", "args": ["60"]}, "after 60 s"),
    "idiom-151": ({"image": "ghcr.io/llm-d/llm-d-routing-sidecar", "args": ["--port=8000"], "restartPolicy": "Always"}, "runs"),
    "idiom-152": ({"image": "ghcr.io/llm-d/llm-d-routing-sidecar", "args": ["--secure-proxy=true"], "restartPolicy": "Always"}, "runs"),
    "idiom-154": ({"image": "ghcr.io/llm-d/llm-d-routing-sidecar", "args": ["--cert-path=/x"], "restartPolicy": "Always"}, "runs"),
}
"""Init containers in which there is nothing for a shell: their images, or what is known of them, say what they do."""


def test_all_that_are_no_shell_are_here() -> None:
    assert set(IMAGES) == set(NOT_SHELL)


@pytest.mark.parametrize("name", sorted(IMAGES))
def test_an_init_container_without_a_shell_does_what_its_image_is_made_for(name: str, tmp_path: Path) -> None:
    step, expected = IMAGES[name]
    spec = {"restartPolicy": "Never", "initContainers": [{"name": "step", **step}], "containers": [{"name": "main", "image": "nginx"}]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "app-2"}, "spec": spec}
    (tmp_path / "app.yaml").write_text(yaml.safe_dump(pod), encoding="utf-8")
    journal = simulate([str(tmp_path / "app.yaml")], Choices(duration=120 * SECOND))
    state = _step(journal, journal.end).state
    if expected == "runs":
        assert state.running is not None
        return
    assert state.terminated is not None
    assert bool(state.terminated.exit_code) == (expected == "fails")
    took = {fact.what: fact.t for fact in journal.at(journal.end).facts() if fact.data.get("container") == "step"}
    if expected == "after 60 s":
        assert (took["container.exited"] - took["container.started"]) // SECOND == 60
