"""Objects that programs create, as a Scenario says: at their time, through the API server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator.cluster import Cluster, simulate
from simulator.errors import ScenarioError
from simulator.journal.journal import Journal
from simulator.objects.kinds import Key
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import is_ready
from simulator.scenario.inputs import Choices, gather
from simulator.units import SECOND

MAKER = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "maker"},
    "spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "certgen"}]},
}
USER = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "user"},
    "spec": {"containers": [{"name": "c", "image": "app", "envFrom": [{"secretRef": {"name": "tls"}}]}]},
}
SECRET = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "tls"}, "stringData": {"key": "x"}}


def scenario(folder: Path, *runs: dict[str, Any]) -> str:
    (folder / "app.yaml").write_text(yaml.safe_dump_all([MAKER, USER]), encoding="utf-8")
    rules = [{"match": {"pod": "maker"}, "runs": list(runs)}]
    whole = {"apiVersion": "podsim/v1", "kind": "Scenario", "spec": {"manifests": ["app.yaml"], "programs": rules}}
    (folder / "scenario.yaml").write_text(yaml.safe_dump(whole), encoding="utf-8")
    return str(folder)


def created(journal: Journal) -> list[tuple[int, str]]:
    return [(write.t, write.cause.rule) for write in journal.at(journal.end).writes(Key("Secret", "default", "tls"))]


def started(journal: Journal) -> int:
    return next(fact.t for fact in journal.at(journal.end).facts() if fact.what == "container.started" and fact.about.name == "maker")


def test_a_program_creates_an_object_and_the_pod_that_waits_for_it_starts(tmp_path: Path) -> None:
    journal = simulate([scenario(tmp_path, {"exitAfter": "5s", "creates": [{"after": "3s", **SECRET}]})], Choices(duration=60 * SECOND))
    assert created(journal) == [(started(journal) + 3 * SECOND, "USR-04")]
    user = journal.at(journal.end).get(Key("Pod", "default", "user"))
    assert isinstance(user, Pod)
    assert is_ready(user)


def test_a_container_that_has_ended_creates_nothing_more(tmp_path: Path) -> None:
    journal = simulate([scenario(tmp_path, {"exitAfter": "2s", "creates": [{"after": "3s", **SECRET}]})], Choices(duration=60 * SECOND))
    assert created(journal) == []


def test_an_object_that_exists_is_changed(tmp_path: Path) -> None:
    again = {"after": "4s", **SECRET, "stringData": {"key": "x", "more": "z"}}
    journal = simulate([scenario(tmp_path, {"creates": [{"after": "3s", **SECRET}, again]})], Choices(duration=60 * SECOND))
    assert len(created(journal)) == 2
    secret: Any = journal.at(journal.end).get(Key("Secret", "default", "tls"))
    assert sorted(secret.data) == ["key", "more"]


def test_what_the_api_server_refuses_is_printed_as_of_the_service_account(tmp_path: Path) -> None:
    elsewhere = {**SECRET, "metadata": {"name": "tls", "namespace": "nowhere"}}
    journal = simulate([scenario(tmp_path, {"creates": [elsewhere]})], Choices(duration=20 * SECOND))
    printed = [log.line for log in journal.at(journal.end).logs() if log.component == "kubectl"]
    assert printed == [
        'Error from server (NotFound): error when creating "system:serviceaccount:default:default": namespaces "nowhere" not found'
    ]


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ({"after": "soon", **SECRET}, "creates[0].after"),
        ({"apiVersion": "v1", "kind": "Nope", "metadata": {"name": "x"}}, 'no matches for kind "Nope"'),
        ({**SECRET, "stringdata": {}}, 'unknown field "stringdata"'),
        ({**SECRET, "metadata": {"name": "Bad_Name"}}, "creates[0].metadata.name"),
    ],
)
def test_manifests_of_programs_are_checked(tmp_path: Path, entry: dict[str, Any], problem: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        gather([scenario(tmp_path, {"creates": [entry]})])
    assert problem in str(caught.value)


def test_an_explained_scenario_creates_the_same(tmp_path: Path) -> None:
    first = Cluster(
        gather([scenario(tmp_path, {"exitAfter": "5s", "creates": [{"after": "3s", **SECRET}]})], Choices(duration=60 * SECOND))
    )
    journal = first.run()
    (tmp_path / "explained.yaml").write_text(first.explain(str(tmp_path)), encoding="utf-8")
    assert created(simulate([str(tmp_path / "explained.yaml")])) == created(journal)
