"""The log subresource: what a URL asks for, refusals as a recorded API server answers them, and the lines."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import pytest

from simulator.api import ApiError
from simulator.journal.journal import Journal
from simulator.journal.records import LogLine
from simulator.serve.logs import Log, log_query, pod_of
from simulator.units import SECOND
from tests.kubectl.recorded import journal_with
from tests.kubectl.test_logs import status

REFUSALS = {
    "tailLines=-1": ("Invalid", 'PodLogOptions "web" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0'),
    "sinceSeconds=0": ("Invalid", 'PodLogOptions "web" is invalid: sinceSeconds: Invalid value: 0: must be greater than 0'),
    "sinceTime=bad": ("BadRequest", 'parsing time "bad" as "2006-01-02T15:04:05Z07:00": cannot parse "bad" as "2006"'),
    "sinceSeconds=1&sinceTime=2026-01-01T00:00:00Z": (
        "Invalid",
        'PodLogOptions "web" is invalid: []: Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified',
    ),
    "stream=Stdout&tailLines=1": ("Invalid", 'PodLogOptions "web" is invalid: stream: Forbidden: may not be specified'),
    "container=nope": ("BadRequest", "container nope is not valid for pod web"),
    "container=late": ("BadRequest", 'container "late" in pod "web" is waiting to start: PodInitializing'),
    "container=late&previous=true": ("BadRequest", 'previous terminated container "late" in pod "web" not found'),
    "": ("BadRequest", "a container name must be specified for pod web, choose one of: [app late]"),
}
LINES = {
    "container=app": "one\ntwo\n",
    "container=app&tailLines=1": "two\n",
    "container=app&tailLines=0": "",
    "container=app&limitBytes=5": "one\nt",
    "container=app&sinceSeconds=1": "two\n",
    "container=app&sinceTime=2026-11-22T11:00:04Z": "two\n",
    "container=app&previous=abc": "zero\n",
    "container=app&previous=0&timestamps=true&tailLines=1": "2026-11-22T11:00:04.500000000Z two\n",
}


@pytest.fixture(scope="module")
def journal() -> Journal:
    journal = journal_with({"kind": "Node", "apiVersion": "v1", "metadata": {"name": "n"}}, _pod("web", "n"), _pod("pending", ""))
    for t, line, run in ((1.0, "zero", 0), (3.0, "one", 1), (4.5, "two", 1)):
        journal.append(LogLine(round(t * SECOND), line, namespace="default", pod="web", container="app", run=run))
    return journal


def _pod(name: str, node: str) -> dict[str, Any]:
    ended = {"terminated": {"exitCode": 1, "startedAt": None, "finishedAt": None}}
    running = status("app", {"running": {}}, 1, ended)
    waiting = status("late", {"waiting": {"reason": "PodInitializing"}})
    return {
        "kind": "Pod",
        "apiVersion": "v1",
        "metadata": {"name": name, "namespace": "default", "uid": name},
        "spec": {"containers": [{"name": "app"}, {"name": "late"}], **({"nodeName": node} if node else {})},
        "status": {"phase": "Running", "containerStatuses": [running, waiting]},
    }


def _log(journal: Journal, query: str, pod: str = "web") -> Log:
    snapshot = journal.at(5 * SECOND)
    return Log(pod_of(snapshot, "default", pod), log_query(parse_qs(query), pod), snapshot)


@pytest.mark.parametrize("query", REFUSALS)
def test_refusals(query: str, journal: Journal) -> None:
    with pytest.raises(ApiError) as refused:
        _log(journal, query)
    assert (refused.value.reason, refused.value.message) == REFUSALS[query]


@pytest.mark.parametrize("query", LINES)
def test_lines(query: str, journal: Journal) -> None:
    assert _log(journal, query).read(journal.at(5 * SECOND)).decode() == LINES[query]


def test_a_pod_without_a_node_has_no_log(journal: Journal) -> None:
    assert _log(journal, "container=app", "pending").has_none


def test_a_followed_log_goes_on_while_the_run_does(journal: Journal) -> None:
    log = _log(journal, "container=app&follow=true&tailLines=1")
    assert log.read(journal.at(4 * SECOND)) == b"one\n"
    assert not log.is_over(journal.at(4 * SECOND))
    assert log.read(journal.at(5 * SECOND)) == b"two\n"
    assert log.read(journal.at(5 * SECOND)) == b""
