"""From what a user writes to a field; errors say what there is."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import UsageError
from simulator.whatif.addresses import resolve
from simulator.whatif.base import Base, Setting, read_base
from simulator.whatif.field_paths import locations, parse_path, path_text, value_at, with_value
from tests.conftest import ROOT
from tests.metrics.worlds import deployment, service, write

ONE = {"name": "main", "image": "nginx:1.27"}
DOTTED = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web.v1"}, "spec": {"containers": [ONE]}}
TICK = {"spec": {"containers": [ONE], "restartPolicy": "Never"}}
CRON = {
    "apiVersion": "batch/v1",
    "kind": "CronJob",
    "metadata": {"name": "tick"},
    "spec": {"schedule": "* * * * *", "jobTemplate": {"spec": {"template": TICK}}},
}
PORTS = [{"containerPort": 80}, {"containerPort": 81, "name": "admin"}]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    named = deployment("web", ports=PORTS)
    named["metadata"]["labels"] = {"a.b/c": "d"}
    programs = [{"match": {"container": "main"}, "runs": [{"exitAfter": "1s", "exitCode": 1}, {"listen": [{"port": 80}]}]}]
    file = write(
        tmp_path_factory.mktemp("app"),
        *(named, service("web"), DOTTED, CRON),
        programs=programs,
        images={"app:*": {"cached": True}},
        actions=[{"at": "5s", "scale": "deploy/web", "replicas": 3}],
    )
    return read_base([str(file)])


def where(base: Base, address: str) -> list[str]:
    """The fields, with the object's kind in front."""
    base, field = resolve(base, address)
    if field.where != "manifest":
        return [f"{field.where} {path_text(list(way))}" for way in field.locations]
    item = getattr(base.inputs, field.part).manifests[field.position].object
    return [f"{item.kind}/{item.metadata.name} {path_text(list(way))}" for way in field.locations]


MEANT = {
    "deployment/web.spec.replicas": ["Deployment/web spec.replicas"],
    "deploy/web.replicas": ["Deployment/web spec.replicas"],
    "deploy/web:.spec.replicas": ["Deployment/web spec.replicas"],
    "default/deployments.apps/web.replicas": ["Deployment/web spec.replicas"],
    "deploy/web.metadata.labels[a.b/c]": ["Deployment/web metadata.labels[a.b/c]"],
    "deployment/web:main.readinessProbe.periodSeconds": ["Deployment/web spec.template.spec.containers[0].readinessProbe.periodSeconds"],
    "deployment/web:main.ports[admin].containerPort": ["Deployment/web spec.template.spec.containers[0].ports[1].containerPort"],
    "deployment/web:main.ports[containerPort=81].name": ["Deployment/web spec.template.spec.containers[0].ports[1].name"],
    "deploy/web.spec.template.spec.containers[main].image": ["Deployment/web spec.template.spec.containers[0].image"],
    "deploy/web.template.spec.containers.image": ["Deployment/web spec.template.spec.containers[0].image"],
    "pod/web.v1:main.image": ["Pod/web.v1 spec.containers[0].image"],
    "pod/web.v1.spec.terminationGracePeriodSeconds": ["Pod/web.v1 spec.terminationGracePeriodSeconds"],
    "cj/tick:main.image": ["CronJob/tick spec.jobTemplate.spec.template.spec.containers[0].image"],
    "svc/web.ports.targetPort": ["Service/web spec.ports[0].targetPort"],
    "replicas": ["Deployment/web spec.replicas"],
    "kubernetes": ["choice kubernetes"],
    "startTime": ["choice start_time"],
    "program/main.exitAfter": ["scenario spec.programs[0].runs[0].exitAfter"],
    "program/main.listen.from": ["scenario spec.programs[0].runs[1].listen[0].from"],
    "program/deployment/web:main.runs[1].exitAfter": ["scenario spec.programs[0].runs[1].exitAfter"],
    "program/main.start": ["scenario spec.programs[0].start"],
    "images/nginx.pull": ["scenario spec.images[nginx:1.27].pull"],
    "images/nginx:1.27.pull": ["scenario spec.images[nginx:1.27].pull"],
    "images/app.pull": ["scenario spec.images.app:1.pull"],
    "cluster.network.proxySync": ["scenario spec.cluster.network.proxySync"],
    "actions[0].at": ["scenario spec.actions[0].at"],
}


@pytest.mark.parametrize("address", MEANT)
def test_what_is_meant(base: Base, address: str) -> None:
    assert where(base, address) == MEANT[address]


WRONG = {
    "deploy/nope.replicas": "no such object in the manifests; available: deployment/web",
    "deploy/webb.replicas": "no such object in the manifests; did you mean deployment/web?",
    "deploy/web:mian.image": "no container 'mian'; did you mean main?",
    "cluster.network.proxySyn": "unknown key 'proxySyn'; did you mean 'proxySync'? (`podsim explain` prints",
    "clutser.network.proxySync": "neither an object nor a Scenario value; did you mean cluster?",
    "nods": "did you mean nodes?",
    "thing/web.replicas": "available: deployment/web, service/web, pod/web.v1, cronjob/tick",
    "deploy/web.replics": "spec has no field replics; did you mean replicas?",
    "deploy/web.spec.template.zzz": "spec.template has no field zzz; available: metadata, spec",
    "deploy/web": "name a field, as in deployment/web.spec.replicas",
    "deploy/web:main": "name a field, as in deployment/web:main.image",
    "deploy/web:side.image": "no container 'side'; available: main",
    "deploy/web:main.ports.hostIP": "is a list of 2, and no item has hostIP: name one",
    "deploy/web:main.ports[nope].name": "name is one of admin",
    "deploy/web.replicas.more": "spec.replicas is not an object",
    "svc/web:main.image": "service/web has no container 'main'; available: none",
    "program/nope.exitAfter": "no program for such a container; available: program/",
    "program/main": "use program/container.path",
    "program/main.zzz": "a program has no zzz; available: create",
    "program/main.listn.from": "a program has no listn; did you mean listen?",
    "images/redis.pull": "no container uses such an image; available: app:1, nginx:1.27",
    "images/nginx": "write images/NAME.pull",
    "zzz": "neither an object nor a Scenario value",
    "deploy/web..replicas": "is not a path",
}


@pytest.mark.parametrize("address", WRONG)
def test_what_is_wrong_is_said_with_what_there_is(base: Base, address: str) -> None:
    with pytest.raises(UsageError, match=re.escape(WRONG[address])):
        resolve(base, address)


def test_replicas_of_which(tmp_path: Path) -> None:
    several = read_base([str(write(tmp_path, deployment("a"), deployment("b")))])
    with pytest.raises(UsageError, match=re.escape("use deployment/a.replicas or deployment/b.replicas")):
        resolve(several, "replicas")


def test_a_program_of_which_workload(tmp_path: Path) -> None:
    several = read_base([str(write(tmp_path, deployment("a"), deployment("b")))])
    with pytest.raises(UsageError, match=re.escape("program/deployment/a:main or program/deployment/b:main")):
        resolve(several, "program/main.listen.from")


def test_what_was_assumed_is_written_down_and_changed(tmp_path: Path) -> None:
    probed = deployment("web", ports=[{"containerPort": 80}], readinessProbe={"tcpSocket": {"port": 80}})
    (tmp_path / "app.yaml").write_text(json.dumps(probed), encoding="utf-8")
    base = read_base([str(tmp_path / "app.yaml")])
    base, field = resolve(base, "program/main.listen.from")
    assert value_at(base.document, ["spec", "programs", 0, "match"]) == {"workload": "deployment/web", "container": "main"}
    scenario = base.arm([Setting(field, "7s")]).scenario
    program = scenario.programs[0].program
    assert program is not None
    assert program.runs[0].listen[0].port == 80
    assert program.runs[0].listen[0].from_.median() == 7 * 10**9


def test_an_image_keeps_what_its_glob_says(base: Base) -> None:
    base, field = resolve(base, "images/app.pull")
    images = base.arm([Setting(field, "9s")]).scenario.images
    assert images["app:1"].cached
    assert next(iter(images)) == "app:1", "exact names come before globs"


KEYS = st.sampled_from(["a", "b", "c.d"])
TREES = st.recursive(st.integers(), lambda inner: st.dictionaries(KEYS, inner, max_size=3) | st.lists(inner, max_size=3), max_leaves=12)


@given(TREES.filter(lambda tree: isinstance(tree, dict)), st.lists(KEYS, min_size=1, max_size=3), st.integers())
def test_law_what_is_put_is_found_and_the_rest_stays(tree: dict[str, Any], keys: list[str], value: int) -> None:
    path = "".join(f"[{key}]" for key in keys)
    before = repr(tree)
    try:
        ways = locations(tree, parse_path(path))
    except UsageError:
        return
    changed = tree
    for way in ways:
        changed = with_value(changed, way, value)
    assert all(value_at(changed, way) == value for way in ways)
    assert repr(tree) == before, "the original is not touched"
    undone = changed
    for way in ways:
        old = value_at(tree, way)
        undone = with_value(undone, way, old)
    if all(value_at(tree, way) is not None for way in ways):
        assert undone == tree


def test_lessons_can_be_addressed() -> None:
    base = read_base([str(ROOT / "scenarios" / "redis-late")])
    assert where(base, "deployment/app-tier-dp:server.readinessProbe.periodSeconds")
    assert where(base, "program/deployment/data-tier:redis.listen.from") == ["scenario spec.programs[0].runs[0].listen[0].from"]
