"""`kubectl logs`: which container, which run, which lines."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from simulator.journal.records import LogLine
from simulator.kubectl.read.log_sources import LogOptions
from simulator.kubectl.read.logs import logs
from simulator.kubectl.view import Printed, View
from tests.kubectl.recorded import journal_with

JSON = dict[str, Any]
LABELS = {"app": "web"}
SECOND = 1_000_000_000


def status(name: str, state: JSON, restarts: int = 0, last: JSON | None = None) -> JSON:
    return {"name": name, "image": "i", "imageID": "i", "ready": False, "restartCount": restarts, "state": state, "lastState": last or {}}


def pod(name: str, node: str = "n", restarts: int = 1, state: JSON | None = None) -> JSON:
    ended = {"terminated": {"exitCode": 1, "startedAt": None, "finishedAt": None}}
    owner = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "uid": "d", "controller": True}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "default", "labels": LABELS, "ownerReferences": [owner]},
        "spec": {"nodeName": node, "initContainers": [{"name": "init"}], "containers": [{"name": "app"}, {"name": "side"}]},
        "status": {
            "phase": "Running",
            "initContainerStatuses": [status("init", {"terminated": {"exitCode": 0, "startedAt": None, "finishedAt": None}})],
            "containerStatuses": [
                status("app", state or {"running": {}}, restarts, ended if restarts else None),
                status("side", {"running": {}}),
            ],
        },
    }


DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "namespace": "default", "uid": "d"},
    "spec": {"selector": {"matchLabels": LABELS}, "template": {"metadata": {"labels": LABELS}}},
}
LINES = [
    (1, "web-a", "init", 0, "preparing"),
    (2, "web-a", "app", 0, "first run"),
    (3, "web-a", "side", 0, "beside"),
    (4, "web-a", "app", 1, "second run"),
    (6, "web-a", "app", 1, "still here"),
]


def said(*args: str, pods: list[JSON] | None = None, **flags: Any) -> Printed:
    journal = journal_with(DEPLOYMENT, *(pods or [pod("web-a")]))
    for t, name, container, number, line in LINES:
        journal.append(LogLine(t * SECOND, line, namespace="default", pod=name, container=container, run=number))
    return logs(list(args), replace(LogOptions(), **flags), View(journal.at(10 * SECOND)))


def test_the_first_container_unless_another_is_named() -> None:
    printed = said("web-a")
    assert printed.out == "second run\nstill here\n"
    assert printed.err == 'Defaulted container "app" out of: app, side, init (init)\n'
    assert said("web", container="init") == Printed("preparing\n")
    assert said("web-a", "side") == Printed("beside\n")


def test_the_run_before() -> None:
    assert said("web-a", container="app", previous=True).out == "first run\n"
    waiting = pod("web-a", state={"waiting": {"reason": "CrashLoopBackOff"}})
    assert said("web-a", container="app", pods=[waiting]).out == "second run\nstill here\n"
    assert said("web-a", container="app", previous=True, pods=[waiting]).out == "second run\nstill here\n"
    never = said("web-a", container="side", previous=True)
    assert never.err == 'Error from server (BadRequest): previous terminated container "side" in pod "web-a" not found\n'
    assert never.code == 1


def test_containers_that_have_not_started() -> None:
    waiting = pod("web-a", restarts=0, state={"waiting": {"reason": "PodInitializing"}})
    refused = said("web-a", container="app", pods=[waiting])
    assert refused.err == 'Error from server (BadRequest): container "app" in pod "web-a" is waiting to start: PodInitializing\n'
    pulling = pod("web-a", restarts=0, state={"waiting": {"reason": "ImagePullBackOff"}})
    assert "is waiting to start: trying and failing to pull image" in said("web-a", container="app", pods=[pulling]).err
    assert said("web-a", container="app", pods=[pod("web-a", node="")]) == Printed()


def test_which_lines() -> None:
    assert said("web-a", container="app", tail=1).out == "still here\n"
    assert said("web-a", container="app", since=5 * SECOND).out == "still here\n"
    assert said("web-a", container="app", since_time="2026-11-22T11:00:05Z").out == "still here\n"
    assert said("web-a", container="app", timestamps=True).out.startswith("2026-11-22T11:00:04.000000000Z second run\n")
    assert said("web-a", container="app", limit_bytes=6).out == "second"


def test_several_containers() -> None:
    assert said("web-a", all_containers=True).out == "preparing\nsecond run\nstill here\nbeside\n"
    followed = said("web-a", all_containers=True, follow=True, prefix=True).out.splitlines()
    assert followed == ["[pod/web-a/init] preparing", "[pod/web-a/side] beside", "[pod/web-a/app] second run", "[pod/web-a/app] still here"]


def test_pods_of_a_workload() -> None:
    two = [pod("web-b", restarts=0), pod("web-a")]
    printed = said("deploy/web", pods=two)
    assert printed.err.startswith("Found 2 pods, using pod/web-a\nDefaulted container")
    assert printed.out == "second run\nstill here\n"
    assert said(pods=two, labels="app=web", container="app", prefix=True).out.splitlines()[0] == "[pod/web-a/app] second run"
    assert said("deploy/web", pods=two, all_pods=True, container="app").err == ""


def test_errors_can_be_ignored() -> None:
    pods = [pod("web-a"), pod("web-b", restarts=0, state={"waiting": {"reason": "PodInitializing"}})]
    problem = 'container "app" in pod "web-b" is waiting to start: PodInitializing\n'
    refused = said("deploy/web", pods=pods, all_pods=True, container="app")
    assert (refused.out, refused.err) == ("", f"Error from server (BadRequest): {problem}")
    printed = said("deploy/web", pods=pods, all_pods=True, container="app", ignore_errors=True)
    assert printed.code == 0
    assert printed.out.startswith(f"error: {problem}[pod/web-a/app] second run\n")


def test_only_so_many_can_be_followed() -> None:
    printed = said("web-a", all_containers=True, follow=True, max_log_requests=2)
    limit = "maximum allowed concurrency is 2, use --max-log-requests to increase the limit"
    assert printed.err == f"error: you are attempting to follow 3 log streams, but {limit}\n"
