"""Laws of server-side apply: twice is once, conflicts are the values that differ, a forced apply wins, what is let go of goes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.api import ApiError
from simulator.api.managed_fields import Manager, Managers, decoded, encoded, updated
from simulator.api.server_apply import Applied, apply
from tests.depth import tries

NAMES = st.sampled_from("abc")
PORTS = st.lists(st.sampled_from([80, 81, 82]).map(lambda port: {"containerPort": port}), max_size=3, unique_by=str)
CONTAINERS = st.lists(
    st.fixed_dictionaries({"name": NAMES}, optional={"image": st.sampled_from(["x", "y"]), "ports": PORTS}),
    max_size=3,
    unique_by=lambda item: item["name"],
)
SPECS = st.fixed_dictionaries(
    {}, optional={"containers": CONTAINERS, "nodeName": NAMES, "nodeSelector": st.dictionaries(NAMES, NAMES, max_size=2)}
)
META = st.fixed_dictionaries({}, optional={"labels": st.dictionaries(NAMES, NAMES, max_size=3), "finalizers": st.lists(NAMES, unique=True)})
PODS = st.builds(lambda meta, spec: {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", **meta}, "spec": spec}, META, SPECS)
EMPTY = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {}}
NOTHING = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}}
A, B, C = (Manager(name, "Apply", "v1") for name in "ABC")


def applied(live: Any, managers: Managers, config: Any, who: Manager) -> Applied:
    return apply(live, managers, config, who, force=True)


@settings(max_examples=tries(75), deadline=None)
@given(PODS, PODS)
def test_twice_is_once(first: Any, second: Any):
    start = applied(EMPTY, {}, first, A)
    once = applied(start.value, start.managers, second, B)
    assert applied(once.value, once.managers, second, B) == once


@settings(max_examples=tries(75), deadline=None)
@given(PODS, PODS)
def test_a_forced_apply_wins_and_others_keep_the_rest(first: Any, second: Any):
    start = applied(EMPTY, {}, first, A)
    forced = applied(start.value, start.managers, second, B)
    lost = start.managers[A].paths - (forced.managers[A].paths if A in forced.managers else frozenset())
    if lost:
        with pytest.raises(ApiError, match=f"Apply failed with {len(lost)} conflict"):
            apply(start.value, start.managers, second, B, force=False)
    else:
        assert apply(start.value, start.managers, second, B, force=False) == forced


@settings(max_examples=tries(75), deadline=None)
@given(PODS, PODS)
def test_what_is_let_go_of_leaves_only_what_others_own(first: Any, second: Any):
    alone = applied(EMPTY, {}, second, B)
    both = applied(alone.value, alone.managers, first, A)
    left = applied(both.value, both.managers, NOTHING, A)
    assert A not in left.managers
    if both.managers.get(B) == alone.managers.get(B):  # A has taken nothing from B
        assert _bare(left.value) == _bare(alone.value)


def _bare(item: Any) -> Any:
    """An object in which an empty part is as good as none."""
    if isinstance(item, dict):
        inner = {name: _bare(value) for name, value in item.items()}
        return {name: value for name, value in inner.items() if value not in ({}, [])}
    return sorted((_bare(one) for one in item), key=str) if isinstance(item, list) else item


@settings(max_examples=tries(75), deadline=None)
@given(PODS, PODS)
def test_updates_belong_to_who_makes_them(first: Any, second: Any):
    made = updated({}, C, None, first, "t1")
    changed = updated(made, B, first, second, "t2")
    owners = [has.paths for has in changed.values()]
    assert not (owners[0] & owners[1] if len(owners) == 2 else frozenset())
    assert updated(changed, A, second, second, "t3") == changed
    assert decoded(encoded(changed)) == changed
