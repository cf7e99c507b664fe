"""The three-way merge of `kubectl apply`."""

import pytest

from simulator.api.apply import LAST_APPLIED, applied, three_way
from simulator.api.field_sets import Shape
from simulator.golang.text import go_value

SPEC = Shape("core.v1.PodSpec")
PORT, PATH = {"containerPort": 80}, {"containerPort": 81}


def containers(*items):
    return {"containers": [{"name": name, **rest} for name, rest in items]}


@pytest.mark.parametrize(
    ("current", "last", "wanted", "expected"),
    [
        pytest.param({"a": 1, "theirs": 2}, {"a": 1}, {"a": 3}, {"a": 3, "theirs": 2}, id="what others wrote stays"),
        pytest.param({"a": 1, "b": 2}, {"a": 1, "b": 2}, {"a": 1}, {"a": 1}, id="what is no longer wanted goes"),
        pytest.param({"a": {"b": 1, "c": 2}}, {"a": {"b": 1}}, {"a": {}}, {"a": {"c": 2}}, id="inside too"),
        pytest.param({"args": ["a", "b"]}, {"args": ["a", "b"]}, {"args": ["c"]}, {"args": ["c"]}, id="plain lists are replaced"),
        pytest.param(
            containers(("a", {"image": "x", "set": 1}), ("theirs", {})),
            containers(("a", {"image": "x"})),
            containers(("a", {"image": "y"})),
            containers(("a", {"image": "y", "set": 1}), ("theirs", {})),
            id="items are found by their key",
        ),
        pytest.param(
            containers(("a", {}), ("b", {})),
            containers(("a", {}), ("b", {})),
            containers(("a", {})),
            containers(("a", {})),
            id="items that are no longer wanted go",
        ),
        pytest.param(
            containers(("a", {"ports": [PORT, PATH]})),
            containers(("a", {"ports": [PORT]})),
            containers(("a", {})),
            containers(("a", {})),
            id="a whole list that is no longer wanted goes",
        ),
    ],
)
def test_applied(current, last, wanted, expected):
    assert applied(current, last, wanted, SPEC) == expected


@pytest.mark.parametrize("name", [[1], {"a": 1}, None])
def test_keys_that_are_none_do_not_stop_it(name):
    last = containers(("a", {}))
    assert applied(last, last, {"containers": [{"name": name}]}, SPEC)


@pytest.mark.parametrize(
    ("current", "last", "wanted", "patch"),
    [
        pytest.param({"a": 1}, {"a": 1}, {"a": 1}, {}, id="nothing to send"),
        pytest.param({"a": {"b": 1, "c": 2}}, {"a": {"b": 1}}, {"a": {"b": 3}}, {"a": {"b": 3}}, id="a change"),
        pytest.param({"a": 1, "b": 2}, {"a": 1, "b": 2}, {"a": 1}, {"b": None}, id="a removal"),
        pytest.param({"cpu": "500m"}, {"cpu": "0.5"}, {"cpu": "0.5"}, {"cpu": "0.5"}, id="a quantity that the server writes otherwise"),
        pytest.param(
            containers(("a", {"image": "x"}), ("b", {})),
            containers(("a", {"image": "x"}), ("b", {})),
            containers(("a", {"image": "y"})),
            {
                "containers": [{"image": "y", "name": "a"}, {"$patch": "delete", "name": "b"}],
                "$setElementOrder/containers": [{"name": "a"}],
            },
            id="a list with keys is told with its order",
        ),
        pytest.param(
            {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}},
            {},
            {"strategy": {"type": "Recreate"}},
            {"strategy": {"type": "Recreate", "$retainKeys": ["type"]}},
            id="of a strategy the keys that stay are told",
        ),
        pytest.param({"data": {"a": "1"}}, {"data": {"a": "1"}}, {"data": None}, {"data": None}, id="a null is always sent"),
        pytest.param(
            {"volumes": [{"name": "a"}, {"name": "injected"}]},
            {"volumes": [{"name": "a"}]},
            {"volumes": [{"name": "a"}]},
            {"$setElementOrder/volumes": [{"name": "a"}]},
            id="a list that the server made longer has another order",
        ),
        pytest.param({"path": "/x"}, {}, {"path": "/x", "type": ""}, {}, id="an empty type of a volume is shown by the server only"),
        pytest.param({"path": "/x"}, {}, {"path": "/x", "type": "File"}, {"type": "File"}, id="another type is a change"),
        pytest.param({"path": "/x"}, {}, {"path": "/x", "note": ""}, {"note": ""}, id="another empty field is a change"),
        pytest.param({"name": "c"}, {}, {"name": "c", "resources": {}}, {}, id="an empty struct is shown by the server only"),
        pytest.param({"serviceAccountName": "a"}, {}, {"serviceAccountName": "a", "serviceAccount": "a"}, {}, id="the old name of a field"),
    ],
)
def test_patches(current, last, wanted, patch):
    found = three_way(last, wanted, current, Shape("apps.v1.DeploymentSpec") if "strategy" in wanted else SPEC)
    found.pop("metadata", None)
    assert found == patch


def test_what_is_remembered_is_part_of_the_patch():
    value = {"kind": "X", "metadata": {"name": "a", "namespace": "n"}}
    other = {"kind": "X", "metadata": {"name": "a", "namespace": "n", "annotations": {"b": "<c>"}}}
    patch = three_way(value, other, value)
    assert patch["metadata"]["annotations"] == {
        "b": "<c>",
        LAST_APPLIED: '{"kind":"X","metadata":{"annotations":{"b":"\\u003cc\\u003e"},"name":"a","namespace":"n"}}\n',
    }
    assert applied(value, value, other) == other
    assert three_way(other, other, other) == {}


def test_a_strategy_loses_the_keys_that_are_not_retained():
    rolling = {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}}
    assert applied(rolling, {}, {"strategy": {"type": "Recreate"}}, Shape("apps.v1.DeploymentSpec")) == {"strategy": {"type": "Recreate"}}


def test_lists_of_kinds_that_kubectl_does_not_know_are_replaced():
    kind = {"apiVersion": "example.com/v1", "kind": "Shop", "metadata": {"name": "a"}}
    there, wanted = {**kind, **containers(("a", {"x": 1}), ("theirs", {}))}, {**kind, **containers(("b", {}))}
    assert three_way(kind, wanted, there)["containers"] == [{"name": "b"}]
    assert applied(there, kind, wanted) == wanted
    assert three_way(wanted, kind, wanted)["containers"] is None


def test_maps_as_go_prints_them():
    assert go_value({"b": [1, None, {"c": True}], "a": "x y"}) == "map[a:x y b:[1 <nil> map[c:true]]]"
