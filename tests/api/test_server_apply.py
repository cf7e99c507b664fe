"""Server-side apply: owners, conflicts, force, what a manager lets go of, parts of objects; as a Kubernetes 1.36 API server answered."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.api import managed_fields
from simulator.api.field_sets import Shape, compared, from_fields_v1, merged, named, path_text, to_fields_v1
from simulator.manifest.published import Merging
from simulator.objects.base import evolve
from simulator.objects.config import ConfigMap
from simulator.objects.kinds import Key
from tests.api.test_requests import MERGE, Server

APPLY = "application/apply-patch+yaml"
POD = {"containers": [{"name": "web", "image": "app:1", "ports": [{"containerPort": 8080}]}]}


def deployment(**changes: Any) -> dict[str, Any]:
    template = {"metadata": {"labels": {"app": "ssa"}}, "spec": changes.pop("pod", POD)}
    spec = {"selector": {"matchLabels": {"app": "ssa"}}, "template": template, **changes.pop("spec", {})}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "ssa", **changes}, "spec": spec}


def only(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "ssa"}, "spec": spec}


class Cluster(Server):
    def apply(self, config: Any, manager: str = "alpha", what: str = "deploy/ssa", **query: str) -> tuple[int, dict[str, Any]]:
        return self.ask("PATCH", what, config, APPLY, fieldManager=manager, **query)

    def owners(self, what: str = "deploy/ssa") -> dict[str, Any]:
        _, item = self.ask("PATCH", what, {}, MERGE)
        return {one["manager"]: one["fieldsV1"] for one in item["metadata"].get("managedFields", [])}


@pytest.fixture
def cluster() -> Cluster:
    cluster = Cluster()
    assert cluster.apply(deployment(labels={"app": "ssa"}, spec={"replicas": 2}))[0] == 201
    return cluster


def test_who_applies_owns_what_the_object_names(cluster: Cluster):
    ports = {'k:{"containerPort":8080,"protocol":"TCP"}': {".": {}, "f:containerPort": {}}}
    container = {'k:{"name":"web"}': {".": {}, "f:image": {}, "f:name": {}, "f:ports": ports}}
    template = {"f:metadata": {"f:labels": {"f:app": {}}}, "f:spec": {"f:containers": container}}
    assert cluster.owners()["alpha"] == {
        "f:metadata": {"f:labels": {"f:app": {}}},
        "f:spec": {"f:replicas": {}, "f:selector": {}, "f:template": template},
    }


def test_the_same_again_changes_nothing(cluster: Cluster):
    before = cluster.cluster.store.revision
    assert cluster.apply(deployment(labels={"app": "ssa"}, spec={"replicas": 2}))[0] == 200
    assert cluster.cluster.store.revision == before


def test_another_value_is_a_conflict_unless_it_is_forced(cluster: Cluster):
    code, status = cluster.apply(only(replicas=5), "beta")
    assert (code, status["message"]) == (409, 'Apply failed with 1 conflict: conflict with "alpha": .spec.replicas')
    cause = {"reason": "FieldManagerConflict", "message": 'conflict with "alpha"', "field": ".spec.replicas"}
    assert status["details"] == {"causes": [cause]}
    assert cluster.apply(only(replicas=5), "beta", force="true")[1]["spec"]["replicas"] == 5
    assert "f:replicas" not in cluster.owners()["alpha"]["f:spec"]
    assert cluster.apply(deployment(), "alpha")[1]["spec"]["replicas"] == 5  # alpha lets go of what beta owns
    assert cluster.apply(only(), "beta")[1]["spec"]["replicas"] == 1  # then it has no owner: the default


def test_the_same_value_is_shared(cluster: Cluster):
    code, item = cluster.apply(only(replicas=2), "beta")
    assert code == 200
    assert cluster.owners()["beta"] == {"f:spec": {"f:replicas": {}}}
    assert "time" not in next(one for one in item["metadata"]["managedFields"] if one["manager"] == "beta")


def test_several_conflicts_are_listed_by_manager(cluster: Cluster):
    image = {"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "app:9"}]}}}}
    assert cluster.ask("PATCH", "deploy/ssa", image, "application/strategic-merge-patch+json", fieldManager="editor")[0] == 200
    code, status = cluster.apply(deployment(labels={"app": "other"}, pod={"containers": [{"name": "web", "image": "app:2"}]}), "beta")
    assert code == 409
    assert status["message"] == (
        'Apply failed with 2 conflicts: conflicts with "alpha":\n- .metadata.labels.app\n'
        'conflicts with "editor" using apps/v1:\n- .spec.template.spec.containers[name="web"].image'
    )


def test_what_a_manager_no_longer_names_goes(cluster: Cluster):
    probe = {"livenessProbe": {"httpGet": {"path": "/", "port": 80}}}
    two = {"containers": [{**POD["containers"][0], **probe}, {"name": "side", "image": "side:1"}]}
    cluster.apply(deployment(labels={"app": "ssa", "x": "1"}, pod=two))
    _, item = cluster.apply(deployment())
    containers = item["spec"]["template"]["spec"]["containers"]
    assert ("labels" in item["metadata"], [one["name"] for one in containers]) == (False, ["web"])
    assert "livenessProbe" not in containers[0]


def test_parts_of_objects_have_owners_of_their_own(cluster: Cluster):
    mine = {"type": "Mine", "status": "True", "reason": "r", "message": "m"}
    config = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "ssa"}, "status": {"conditions": [mine]}}
    code, item = cluster.apply(config, "status-writer", "deploy/ssa/status")
    assert (code, item["status"]["conditions"][0]["type"]) == (200, "Mine")
    entry = next(one for one in item["metadata"]["managedFields"] if one["manager"] == "status-writer")
    assert (entry["subresource"], list(entry["fieldsV1"])) == ("status", ["f:status"])


def test_kubectl_takes_over_what_it_applied_from_the_client(cluster: Cluster):
    note = "kubectl.kubernetes.io/last-applied-configuration"
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "csa"}, "data": {"a": "1"}}
    annotated = {**config, "metadata": {"name": "csa", "annotations": {note: json.dumps(config)}}}
    assert cluster.ask("POST", "cm", annotated, fieldManager="kubectl-client-side-apply")[0] == 201
    changed = {**config, "data": {"a": "2"}}
    assert cluster.apply(changed, "other", "cm/csa")[0] == 409
    code, item = cluster.apply(changed, "kubectl", "cm/csa")
    assert (code, item["data"], json.loads(item["metadata"]["annotations"][note])["data"]) == (200, {"a": "2"}, {"a": "2"})


WHERE = "failed to create typed patch object (/ssa; apps/v1, Kind=Deployment): "


@pytest.mark.parametrize(("config", "code", "message"), [
    (only(foo=1), 500, f"{WHERE}.spec.foo: field not declared in schema"),
    (only(replicas="x"), 500, f"{WHERE}.spec.replicas: expected numeric (int or float), got string"),
    (deployment(pod={"containers": [{"name": "web"}, {"name": "web"}]}), 500,
     f'{WHERE}.spec.template.spec.containers: duplicate entries for key [name="web"]'),
    (deployment(managedFields=[{"manager": "a"}]), 400, "metadata.managedFields must be nil"),
    ({"metadata": {"name": "ssa"}}, 400, "invalid object type: /, Kind="),
    (b"a: [", 400, "error decoding YAML: error converting YAML to JSON: yaml: line 1: did not find expected node content"),
])  # fmt: skip
def test_what_cannot_be_applied(cluster: Cluster, config: Any, code: int, message: str):
    answered, status = cluster.apply(config)
    assert (answered, status["message"]) == (code, message)


def test_a_manager_must_be_named(cluster: Cluster):
    code, status = cluster.ask("PATCH", "deploy/ssa", only(), APPLY)
    assert (code, status["details"]["causes"][0]["field"]) == (422, "fieldManager")
    assert cluster.ask("PATCH", "deploy/ssa", {}, MERGE, force="true")[0] == 422


def test_objects_of_components_have_managers_too(cluster: Cluster):
    cluster.cluster.apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: theirs}, data: {a: b}}")
    item = cluster.cluster.get("ConfigMap", "theirs")
    assert item.metadata.managed_fields == []
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "ours"}, "data": {"a": "c"}}
    assert cluster.apply(config, what="cm/ours")[0] == 201


def test_each_write_of_a_long_history_is_compared_once(cluster: Cluster, monkeypatch: pytest.MonkeyPatch):
    """Also after a request that replaces its managers, and after the object was created again."""
    compare, calls = managed_fields.updated, []
    monkeypatch.setattr(managed_fields, "updated", lambda *given: calls.append(1) or compare(*given))
    store, key = cluster.cluster.store, Key("ConfigMap", "shop", "long")
    for turn in range(2):
        cluster.cluster.apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: long, namespace: shop}, data: {a: b}}")
        for number in range(40):
            item = store.get(key)
            assert isinstance(item, ConfigMap)
            cluster.cluster.api.update(evolve(item, data={**item.data, f"k{turn}{number}": "x"}))
            managed_fields.current(store.journal, item)
        assert cluster.ask("PATCH", "cm/long", {"data": {"z": "y"}}, MERGE)[0] == 200
        assert managed_fields.current(store.journal, item) == managed_fields.decoded(store.get(key).metadata.managed_fields)
        cluster.cluster.api.delete(key)
    assert len(calls) <= 2 * (41 + 2)
    remembered = managed_fields.current(store.journal, item)
    managed_fields._KNOWN.clear()
    assert managed_fields.current(store.journal, item) == remembered


def test_only_so_many_objects_are_remembered(cluster: Cluster, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(managed_fields, "KNOWN", 3)
    for number in range(6):
        assert cluster.ask("POST", "configmaps", {"metadata": {"name": f"c{number}"}, "data": {"a": "b"}})[0] == 201
        assert cluster.ask("PATCH", f"cm/c{number}", {"data": {"a": "c"}}, MERGE)[0] == 200
    assert [key.name for key in managed_fields._KNOWN[cluster.cluster.store.journal]] == ["c3", "c4", "c5"]


LIST = Shape("[]core.v1.Container", Merging("map", ("name",)))


@pytest.mark.parametrize(("live", "applied", "order"), [
    ("abc", "", "abc"),
    ("abc", "c", "abc"),
    ("ab", "xa", "xab"),
    ("abcd", "ca", "bcad"),
    ("", "ab", "ab"),
])  # fmt: skip
def test_the_order_of_merged_lists(live: str, applied: str, order: str):
    both = merged([{"name": name} for name in live], [{"name": name} for name in applied], LIST)
    assert "".join(item["name"] for item in both) == order


def test_paths_come_back_from_the_form_of_managed_fields():
    shape = Shape("core.v1.Pod")
    paths = frozenset(named({"spec": POD, "metadata": {"labels": {"a": "b"}, "finalizers": ["x"]}}, shape))
    assert frozenset(from_fields_v1(to_fields_v1(paths))) == paths
    assert "f:spec" in to_fields_v1(paths)
    assert path_text(("f:spec", 'k:{"a":1,"b":"x"}', 'v:"y"')) == '.spec[a=1,b="x"][="y"]'


def test_differences_are_named_by_leaves():
    shape = Shape("core.v1.Pod")
    before = {"spec": {"containers": [{"name": "web", "image": "a"}]}}
    after = {"spec": {"containers": [{"name": "web", "image": "b"}], "hostname": "h"}}
    changes = compared(before, after, shape)
    assert changes.modified == {("f:spec", "f:containers", 'k:{"name":"web"}', "f:image")}
    assert changes.added == {("f:spec", "f:hostname")}
    assert compared(after, before, shape).removed == {("f:spec", "f:hostname")}


def test_a_scale_request_owns_the_replicas_until_they_are_applied_again(cluster: Cluster):
    assert cluster.ask("PATCH", "deploy/ssa/scale", {"spec": {"replicas": 4}}, MERGE)[0] == 200
    owners = cluster.owners()
    assert (owners["client"], "f:replicas" in owners["alpha"]["f:spec"]) == ({"f:spec": {"f:replicas": {}}}, False)
    code, item = cluster.apply(deployment(spec={"replicas": 2}))
    assert (code, item["spec"]["replicas"]) == (200, 2)
    assert "client" not in cluster.owners()
