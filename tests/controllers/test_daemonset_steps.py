"""Which pods of a DaemonSet are replaced, as a table: each node is a word of its pods, with what else is to be known of it."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.controllers.daemonset.placement import Fit
from simulator.controllers.daemonset.steps import Place, placement_steps, update_steps
from simulator.objects.apps import DaemonSet
from simulator.objects.kinds import from_builtins
from simulator.objects.labels import CONTROLLER_REVISION_HASH
from simulator.objects.meta import ObjectMeta
from simulator.objects.pod import Pod
from simulator.objects.pod_status import PodCondition, PodStatus

READY = PodCondition(type="Ready", status="True", last_transition_time="2026-01-01T00:00:00Z")
WALL = 10**19


def daemon_set(**rolling: Any) -> DaemonSet:
    item = from_builtins({"apiVersion": "apps/v1", "kind": "DaemonSet", "spec": {"updateStrategy": {"rollingUpdate": rolling}}})
    assert isinstance(item, DaemonSet)
    return item


def pod(name: str) -> Pod:
    """`O` and `N` are old and new and ready, `o` and `n` are not ready, `x` is new and on its way out."""
    letter = name[0]
    revision = "old" if letter in "Oo" else "new"
    gone = "2026-01-01T00:00:30Z" if letter == "x" else None
    meta = ObjectMeta(name=name, labels={CONTROLLER_REVISION_HASH: revision}, deletion_timestamp=gone)
    return Pod(metadata=meta, status=PodStatus(phase="Running", conditions=[READY] if letter in "ON" else []))


def place(number: int, word: str) -> Place:
    """A word of pods; with `!` in front the node is not for them, but those that are there may stay."""
    fit = Fit(should_run=not word.startswith("!"), may_continue=True)
    return Place(str(number), fit, [pod(f"{letter}{number}{i}") for i, letter in enumerate(word.lstrip("!"))])


def steps(rolling: dict[str, Any], words: str) -> tuple[str, str]:
    """Nodes that get a pod, and pods that go."""
    result = update_steps(daemon_set(**rolling), [place(i, word) for i, word in enumerate(words.split())], "new", WALL)
    return " ".join(result.create), " ".join(one.metadata.name for one in result.delete)


@pytest.mark.parametrize(
    ("rolling", "words", "create", "delete"),
    [
        ({"maxUnavailable": 1}, "O O O", "", "O00"),
        ({"maxUnavailable": 1}, "x O O", "", ""),  # it is gone already that is replaced
        ({"maxUnavailable": 1}, "n O O", "", ""),
        ({"maxUnavailable": 1}, "N O O", "", "O10"),
        ({"maxUnavailable": 1}, "o O O", "", "o00"),  # who does not serve is not missed
        ({"maxUnavailable": 1}, "o o O", "", "o00 o10"),
        ({"maxUnavailable": "50%"}, "O O O", "", "O00 O10"),
        ({"maxUnavailable": 2}, "OO O O", "", "O10"),  # placement tidies up the first node, which counts as missed meanwhile
        ({"maxSurge": 1}, "O O O", "0", ""),
        ({"maxSurge": 1}, "On O O", "", ""),
        ({"maxSurge": 1}, "ON O O", "1", "O00"),  # the place of the one that serves is free at once
        ({"maxSurge": 1}, "o On O", "0", ""),  # no old pod that serves is in the way of one that does not
        ({"maxSurge": 1}, "o o O", "0 1 2", ""),
        ({"maxSurge": 1}, "!O N N", "", "O00"),  # it may leave, for the others are enough
        ({"maxSurge": 1}, "!O n N", "", ""),
        ({"maxSurge": 1}, "!o N N", "", "o00"),
    ],
)
def test_update(rolling: dict[str, Any], words: str, create: str, delete: str) -> None:
    assert steps(rolling, words) == (create, delete)


@pytest.mark.parametrize(
    ("rolling", "word", "create", "delete"),
    [
        ({"maxUnavailable": 1}, "", "0", ""),
        ({"maxUnavailable": 1}, "x", "", ""),
        ({"maxSurge": 1}, "x", "0", ""),
        ({"maxUnavailable": 1}, "ON", "", "N01"),
        ({"maxSurge": 1}, "On", "", ""),
        ({"maxSurge": 1}, "ON", "", "O00"),
        ({"maxSurge": 1}, "on", "", "o00"),
        ({"maxSurge": 1}, "OON", "", "O01 O00"),
    ],
)
def test_placement(rolling: dict[str, Any], word: str, create: str, delete: str) -> None:
    result = placement_steps(daemon_set(**rolling), place(0, word), "new", WALL)
    assert (" ".join(result.create), " ".join(one.metadata.name for one in result.delete)) == (create, delete)


@pytest.mark.parametrize(
    ("words", "delete", "before"), [("o O O", "o00", "o00 O10"), ("o o O", "o00 o10", "o00 o10 O20"), ("n O O", "", "")]
)
def test_before_1_31_outdated_pods_that_are_not_available_did_not_count(words: str, delete: str, before: str) -> None:
    places = [place(i, word) for i, word in enumerate(words.split())]
    for counts, expected in ((True, delete), (False, before)):
        result = update_steps(daemon_set(maxUnavailable=1), places, "new", WALL, counts_broken=counts)
        assert " ".join(one.metadata.name for one in result.delete) == expected
