"""Scaling a Deployment in the middle of a rollout: what rounding does. (The published cases are in test_rollout_cases.py.)"""

from __future__ import annotations

import pytest

from simulator.controllers.deployment.proportion import Share, proportional_sizes, sizes_after_scaling


def shares(before: int | None, **replicas: int) -> list[Share]:
    """ReplicaSets by name, the oldest first, when `before` pods were allowed in all."""
    return [Share(name, count, age, before) for age, (name, count) in enumerate(replicas.items())]


@pytest.mark.parametrize(
    ("before", "replicas", "desired", "sizes"),
    [
        pytest.param(10, {"a": 3, "b": 3, "c": 4}, 15, {"a": 4, "b": 5, "c": 6}, id="a share of exactly .5 is rounded up"),
        pytest.param(10, {"a": 3, "b": 3, "c": 4}, 5, {"a": 2, "b": 2, "c": 1}, id="scaling down, the largest gives what rounding left"),
        pytest.param(10, {"a": 5, "b": 5}, 11, {"a": 5, "b": 6}, id="of equal sizes the younger grows first"),
        pytest.param(10, {"a": 5, "b": 5}, 9, {"a": 4, "b": 5}, id="and the older shrinks first"),
        pytest.param(10, {"a": 2, "b": 8}, 10, {"a": 2, "b": 8}, id="nothing to do"),
        pytest.param(10, {"a": 2, "b": 8}, 0, {"a": 0, "b": 0}, id="down to nothing"),
        pytest.param(10, {"a": 2, "b": 8}, 20, {"a": 4, "b": 16}, id="twice as many"),
        pytest.param(10, {"a": 1, "b": 8}, 12, {"a": 1, "b": 11}, id="what rounding leaves over goes to the largest"),
        pytest.param(None, {"a": 2, "b": 8}, 20, {"a": 4, "b": 16}, id="without an annotation the status counts"),
        pytest.param(10, {"a": 0, "b": 8}, 16, {"a": 0, "b": 16}, id="an empty set gets nothing"),
        pytest.param(4, {"a": 1, "b": 3}, 1, {"a": 0, "b": 1}, id="a set may lose its last pod"),
    ],
)
def test_proportional_sizes(before: int | None, replicas: dict[str, int], desired: int, sizes: dict[str, int]) -> None:
    assert proportional_sizes(desired, 0, 10, shares(before, **replicas)) == sizes


def test_the_surge_is_shared_as_well() -> None:
    assert proportional_sizes(10, 2, 0, shares(12, a=4, b=8)) == {"a": 4, "b": 8}
    assert proportional_sizes(22, 2, 0, shares(12, a=4, b=8)) == {"a": 8, "b": 16}
    assert proportional_sizes(0, 2, 0, shares(12, a=4, b=8)) == {"a": 0, "b": 0}, "without replicas there is no surge"


def test_unknown_proportions_leave_all_to_the_largest() -> None:
    assert proportional_sizes(12, 0, 0, shares(None, a=2, b=8)) == {"a": 2, "b": 10}


@pytest.mark.parametrize(
    ("new", "old", "sizes"),
    [
        pytest.param(None, {"a": 0, "b": 3}, {"b": 5}, id="a single set with pods takes all"),
        pytest.param({"n": 3}, {"a": 0}, {"n": 5}, id="also when it is the new one"),
        pytest.param({"n": 0}, {"a": 0, "b": 0}, {"n": 5}, id="without pods the new one"),
        pytest.param(None, {"a": 0, "b": 0}, {"b": 5}, id="else the youngest"),
        pytest.param(None, {}, {}, id="no set at all"),
    ],
)
def test_a_single_active_set(new: dict[str, int] | None, old: dict[str, int], sizes: dict[str, int]) -> None:
    share = None if new is None else Share("n", new["n"], 9, None)
    assert sizes_after_scaling(5, 1, 0, share, shares(None, **old), rolls=True) == sizes


@pytest.mark.parametrize(
    ("replicas", "available", "noted", "complete"),
    [(5, 5, 5, True), (5, 4, 5, False), (5, 5, 4, False), (4, 4, 5, False), (4, 4, 4, False)],
)
def test_a_complete_new_set_leaves_nothing_for_the_old_ones(replicas: int, available: int, noted: int, complete: bool) -> None:
    """Complete: its size, its available pods and the size that the Deployment had are what is desired now."""
    new = Share("n", replicas, 9, replicas + 2, available, noted)
    sizes = sizes_after_scaling(5, 1, 0, new, [Share("a", 2, 0, replicas + 2)], rolls=True)
    assert (sizes == {"a": 0}) == complete
    assert complete or sum(sizes.values()) == 6


def test_a_deployment_that_does_not_roll_is_not_scaled_in_proportion() -> None:
    assert sizes_after_scaling(5, 0, 0, Share("n", 1, 1, None), [Share("a", 2, 0, None)], rolls=False) == {}
