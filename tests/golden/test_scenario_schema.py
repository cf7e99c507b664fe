"""The published schemas are made from the readers: both accept the same shapes and reject the same shapes."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from simulator.errors import Problem
from simulator.manifest.places import Places
from simulator.metrics.table import ALIASES, BY_NAME
from simulator.scenario import schema as schemas
from simulator.scenario.expectations_file import read_expectations_document
from simulator.scenario.header import EXPECTATIONS, KINDS, SCENARIO
from simulator.scenario.read import read_document
from simulator.scenario.read_expect import KINDS as EXPECTATION_KINDS
from simulator.scenario.reader import Reader
from simulator.scenario.schema import Descriptions
from simulator.scenario.schema_files import schema_file
from simulator.scenario.spec import Scenario
from tests.conftest import ROOT, Podsim
from tests.editors.project_files import files_of, first_document

FILES = [(kind, file) for kind in KINDS for file in files_of(kind)]


@cache
def schema(kind: str) -> Any:
    """The schema as it is published."""
    return schemas.schema(kind, [*BY_NAME, *ALIASES])


@cache
def validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(schema(kind))


def properties(part: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every property of a schema, with its path."""
    if isinstance(part, list):
        for item in part:
            yield from properties(item, path)
    for keyword, inner in part.items() if isinstance(part, dict) else ():
        if keyword != "properties":
            yield from properties(inner, path)
            continue
        for name, item in inner.items():
            yield f"{path}.{name}", item
            yield from properties(item, f"{path}.{name}")


@pytest.mark.parametrize("kind", KINDS)
def test_the_published_schema_is_what_the_reader_asks_for(kind: str, request: pytest.FixtureRequest, podsim: Podsim) -> None:
    text = json.dumps(schema(kind), indent=1, ensure_ascii=False) + "\n"
    if request.config.getoption("--update-golden"):
        schema_file(kind).write_text(text, "utf-8")
    assert schema_file(kind).read_text("utf-8") == text
    Draft202012Validator.check_schema(schema(kind))
    assert podsim("schema", kind.lower()).out == text


def test_each_schema_has_an_identity_of_its_own() -> None:
    assert len({schema(kind)["$id"] for kind in KINDS}) == len(KINDS)
    assert all(schema(kind)["$id"].endswith(f"/simulator/scenario/{schema_file(kind).name}") for kind in KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_property_is_described(kind: str) -> None:
    described = [(path, item["description"]) for path, item in properties(schema(kind))]
    assert len(described) > 50
    assert [path for path, text in described if not text.endswith(".")] == []


def test_no_description_is_left_over() -> None:
    descriptions = Descriptions()
    for kind in KINDS:
        descriptions.add(copy.deepcopy(schema(kind)), kind)
    assert descriptions.used == set(descriptions.texts)


@pytest.mark.parametrize(("kind", "file"), FILES, ids=lambda value: str(value.relative_to(ROOT)) if isinstance(value, Path) else value)
def test_it_takes_every_file_of_the_project(kind: str, file: Path) -> None:
    assert [error.message for error in validator(kind).iter_errors(first_document(file))] == []


@pytest.mark.parametrize("source", ["scenarios/await-redis", "scenarios/cascading-liveness", "tests/testing/data/rendered-chart.yaml"])
def test_it_takes_what_explain_writes(source: str, podsim: Podsim, tmp_path: Path) -> None:
    (tmp_path / "explained.yaml").write_text(podsim("explain", str(ROOT / source)).out)
    document = first_document(tmp_path / "explained.yaml")
    assert document["kind"] == SCENARIO
    assert [error.message for error in validator(SCENARIO).iter_errors(document)] == []


def mappings(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all mappings in a value."""
    paths = [path] if isinstance(value, dict) else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return paths + [inner for key, item in items for inner in mappings(item, (*path, key))]


def complaints(kind: str, value: Any) -> list[Problem]:
    reader = Reader("x.yaml", Places(None, 0))
    if kind == SCENARIO:
        read_document(reader, value, "x.yaml")
    else:
        read_expectations_document(reader, value, "x.yaml", lambda path: Scenario())
    return reader.problems


@given(data=st.data())
def test_a_key_that_nobody_knows_is_refused_where_the_reader_refuses_it(data: st.DataObject) -> None:
    kind, file = data.draw(st.sampled_from(FILES))
    value = copy.deepcopy(first_document(file))
    path = data.draw(st.sampled_from(mappings(value)))
    place = value
    for step in path:
        place = place[step]
    place["nosuchkey"] = data.draw(st.sampled_from(["5s", 1, True, [], {}]))
    refused = any("nosuchkey" in problem.message for problem in complaints(kind, value))
    shape = [error for error in validator(kind).iter_errors(value) if "nosuchkey" in error.message]
    assert bool(shape) == refused, path


SPANS = st.one_of(
    st.text("0123456789.hmsdnuµ+- ", max_size=8), st.from_regex(r"\A[0-9]{1,3}(\.[0-9])?(ms|s|m|h|d)?\Z"), st.integers(-5, 9), st.booleans()
)


@given(SPANS)
def test_the_same_durations_are_accepted(value: Any) -> None:
    document = {"apiVersion": "podsim/v1", "kind": SCENARIO, "spec": {"duration": value}}
    assert bool(complaints(SCENARIO, document)) != validator(SCENARIO).is_valid(document)


QUANTITIES = st.one_of(st.text("0123456789.mkMGieE", max_size=6), st.sampled_from(["4", "1500m", "8Gi", "1e3", "x", "4 GB"]))


@given(QUANTITIES)
def test_the_same_quantities_are_accepted(value: str) -> None:
    document = {"apiVersion": "podsim/v1", "kind": SCENARIO, "spec": {"cluster": {"nodes": [{"name": "a", "memory": value}]}}}
    assert bool(complaints(SCENARIO, document)) != validator(SCENARIO).is_valid(document)


def test_an_expectations_file_names_what_it_is_about_and_expects_something() -> None:
    document = {"apiVersion": "podsim/v1", "kind": EXPECTATIONS, "spec": {"scenario": "scenario.yaml", "expect": [{"ready": "pod/a"}]}}
    assert validator(EXPECTATIONS).is_valid(document)
    for spec in ({"expect": [{"ready": "pod/a"}]}, {"scenario": "s.yaml", "expect": []}, {"scenario": "s.yaml"}):
        assert not validator(EXPECTATIONS).is_valid({**document, "spec": spec})


SUBJECTS = (
    "pod/a", "po/web-*", "PODS/a", "Deployment/web", "deploy/web:server", "deployment.apps/web", "shop/service/web", "svc/web", "node/n",
    "job/j", "pvc/data", "ingress/i", "web", "deploymnet/web", "a/b/c/d", "pod/", "/a", "pod/a b", "pods,svc/a",
)  # fmt: skip
OPTIONS = {
    **{kind: {"state": "Running"} for kind in ("never", "ever", "always")},
    "endpoints": {"equals": 1},
    "event": {"reason": "Killing"},
    "log": {"contains": "x"},
}


@pytest.mark.parametrize("kind", [kind for kind in EXPECTATION_KINDS if kind not in ("order", "metric")])
def test_the_same_subjects_are_accepted(kind: str) -> None:
    for subject in SUBJECTS:
        document = {"apiVersion": "podsim/v1", "kind": SCENARIO, "spec": {"expect": [{kind: subject, **OPTIONS.get(kind, {})}]}}
        assert bool(complaints(SCENARIO, document)) != validator(SCENARIO).is_valid(document), subject


WHEN = ("within", "by", "at", "from", "until")


@given(st.sets(st.sampled_from(WHEN)), st.sampled_from(["ready", "neverRestarts", "noRequestLost"]))
def test_the_same_ways_to_say_when_are_accepted(when: set[str], kind: str) -> None:
    document = {"apiVersion": "podsim/v1", "kind": SCENARIO, "spec": {"expect": [{kind: "service/web", **dict.fromkeys(when, "5s")}]}}
    assert bool(complaints(SCENARIO, document)) != validator(SCENARIO).is_valid(document)


RELEASES = st.one_of(st.from_regex(r"\Av?1\.[23][0-9](\.[0-9])?\Z"), st.sampled_from([1.29, 1.3, 1.32, 1.36, 2, "latest", "1.3"]))


@given(RELEASES)
def test_the_same_releases_are_accepted(release: Any) -> None:
    document = {"apiVersion": "podsim/v1", "kind": SCENARIO, "spec": {"kubernetes": release}}
    assert bool(complaints(SCENARIO, document)) != validator(SCENARIO).is_valid(document)
