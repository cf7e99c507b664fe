"""The groups and counts in the store's index equal those computed from all of its objects."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from simulator.journal import Header, Journal
from simulator.journal.store import Store
from simulator.objects.config import ConfigMap
from simulator.objects.kinds import key_of
from simulator.objects.meta import ObjectMeta

NAMES, COLOURS, NAMESPACES = "abcde", ("red", "green", ""), ("one", "two")
STEPS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMESPACES), st.sampled_from(COLOURS), st.booleans()), max_size=40)


def colour(item: ConfigMap) -> str:
    return item.metadata.labels["colour"]


def length(item: ConfigMap) -> int:
    return len(colour(item))


def store() -> Store:
    return Store(Journal(Header(start_time="2025-01-01T09:00:00Z", kubernetes="1.36", seed=0)), lambda: 0)


@given(STEPS, STEPS)
def test_groups_and_counts_are_those_of_the_objects(
    before: list[tuple[str, str, str, bool]], after: list[tuple[str, str, str, bool]]
) -> None:
    kept = store()
    for checks_each, steps in ((False, before), (True, after)):
        for name, namespace, label, is_removed in steps:
            item = ConfigMap(metadata=ObjectMeta(name=name, namespace=namespace, labels={"colour": label}))
            if is_removed:
                kept.remove(key_of(item))
            else:
                kept.put(item)
            if checks_each:
                check(kept)
        check(kept)


def check(kept: Store) -> None:
    objects = kept.objects("ConfigMap")
    for namespace in NAMESPACES:
        assert kept.objects("ConfigMap", namespace) == [item for item in objects if item.metadata.namespace == namespace]
    for one in COLOURS:
        assert kept.group("ConfigMap", colour, one) == [item for item in objects if item.metadata.labels["colour"] == one]
    bright = [item for item in objects if item.metadata.labels["colour"]]
    assert kept.among("ConfigMap", colour, bool) == bright
    counts = {one: Counter(length(item) for item in objects if colour(item) == one) for one in COLOURS}
    assert {one: dict(kept.census("ConfigMap", colour, length, one)) for one in COLOURS} == counts
