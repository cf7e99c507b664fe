"""The three-way merge of `kubectl apply`."""

import pytest

from simulator.api.apply import applied

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
    assert applied(current, last, wanted) == expected


@pytest.mark.parametrize("name", [[1], {"a": 1}, None])
def test_keys_that_are_none_do_not_stop_it(name):
    last = containers(("a", {}))
    assert applied(last, last, {"containers": [{"name": name}]})
