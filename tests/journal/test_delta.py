"""Differences between versions of objects: applied to the old version they make the new one, with the parts that are the same."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.journal.delta import SAME, changed, difference
from simulator.objects.base import evolve
from simulator.objects.kinds import Unstructured
from simulator.objects.meta import ObjectMeta, OwnerReference
from simulator.objects.pod import Pod, PodStatus
from simulator.objects.pod_status import PodCondition

CONDITIONS = st.lists(st.builds(PodCondition, type=st.sampled_from("abc"), status=st.sampled_from(["True", "False"])), max_size=4)
METADATA = st.builds(
    ObjectMeta,
    name=st.just("web"),
    labels=st.dictionaries(st.sampled_from("abc"), st.sampled_from("xy")),
    generation=st.none() | st.integers(0, 3),
    finalizers=st.lists(st.sampled_from("abc"), max_size=3),
    owner_references=st.lists(st.builds(OwnerReference, name=st.sampled_from("abc")), max_size=2),
)
PODS = st.builds(Pod, metadata=METADATA, status=st.builds(PodStatus, phase=st.sampled_from(["", "Running"]), conditions=CONDITIONS))


def through_json(old: Any, new: Any) -> Any:
    """The new version, from the old one and the difference as it is saved."""
    return changed(old, msgspec.json.decode(msgspec.json.encode(difference(old, new))), type(old))


@given(PODS, PODS)
def test_the_new_version_is_made_of_the_old_one(old: Pod, new: Pod) -> None:
    assert msgspec.json.encode(through_json(old, new)) == msgspec.json.encode(new)


@given(PODS)
def test_equal_versions_have_no_difference(pod: Pod) -> None:
    same = msgspec.convert(msgspec.to_builtins(pod), Pod)
    assert difference(pod, same) == SAME
    assert changed(pod, SAME, Pod) is pod


def test_parts_that_are_the_same_are_shared() -> None:
    conditions = [PodCondition(type=name, status="False") for name in "abc"]
    old = Pod(metadata=ObjectMeta(name="web"), status=PodStatus(conditions=conditions))
    new = evolve(old, status=evolve(old.status, conditions=[conditions[0], evolve(conditions[1], status="True"), conditions[2]]))
    assert difference(old, new) == {"status": {"conditions": {"@": 1, "=": [{"status": ["True"]}]}}}
    made = through_json(old, new)
    assert (made.metadata, made.status.conditions[0], made.status.conditions[2]) == (old.metadata, conditions[0], conditions[2])
    assert made.metadata is old.metadata
    assert made.status.conditions[2] is conditions[2]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({"a": 1}, {"a": 1.0}),
        ({"a": True}, {"a": 1}),
        ({}, {"-": [], "@": 1, "=": {}}),
        ({"spec": [1, {"x": None}]}, {"spec": [{"x": None}, 1]}),
    ],
)
def test_plain_json_is_kept_to_the_letter(old: dict[str, Any], new: dict[str, Any]) -> None:
    before, after = (Unstructured(api_version="v1", kind="X", content=content) for content in (old, new))
    assert msgspec.json.encode(through_json(before, after)) == msgspec.json.encode(after)


def test_elements_that_come_at_many_places_leave_the_others_shared() -> None:
    owners = [OwnerReference(name=str(number)) for number in range(40)]
    old = Pod(metadata=ObjectMeta(name="web", owner_references=owners[::2]))
    new = Pod(metadata=ObjectMeta(name="web", owner_references=owners[5:]))
    made = through_json(old, new)
    assert made == new
    assert all(made.metadata.owner_references[i] is owners[5 + i] for i in range(1, 35, 2))
    assert len(msgspec.json.encode(difference(old, new))) < 1200
