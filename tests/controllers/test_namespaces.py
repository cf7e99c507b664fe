"""How long the controller waits for a terminating namespace."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.controllers.namespaces import _estimate
from simulator.objects.kinds import from_builtins


def pod(grace: int, phase: str = "Running", finalizers: tuple[str, ...] = ()) -> Any:
    meta = {"name": "p", "finalizers": list(finalizers)}
    data = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": meta,
        "spec": {"terminationGracePeriodSeconds": grace},
        "status": {"phase": phase},
    }
    return from_builtins(data)


def config(*finalizers: str) -> Any:
    return from_builtins({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "finalizers": list(finalizers)}})


@pytest.mark.parametrize(
    ("left", "waited", "seconds"),
    [
        ([config()], 0, 0),
        ([config("x"), config()], 0, 15),
        ([pod(30), pod(40)], 0, 40),
        ([pod(30), pod(40)], 39, 40),
        ([pod(30), pod(40)], 40, 0),
        ([pod(30), config("x")], 31, 15),
        ([pod(30, "Succeeded")], 0, 0),
    ],
)
def test_the_estimate(left: list[Any], waited: int, seconds: int) -> None:
    assert _estimate(left, waited) == seconds
