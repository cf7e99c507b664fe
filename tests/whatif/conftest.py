"""A small application whose container opens its port late, and a plan over it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.metrics.worlds import deployment, program, service, write

PROBE = {"readinessProbe": {"tcpSocket": {"port": 80}, "periodSeconds": 2}}


@pytest.fixture
def app(tmp_path: Path) -> str:
    """The path of a Scenario with a Deployment of two pods that are ready after a random time."""
    return str(write(tmp_path, deployment("web", replicas=2, **PROBE), service("web"), programs=[LATE]))


LATE = program(listen=[{"port": 80, "from": {"uniform": ["1s", "9s"]}}])
