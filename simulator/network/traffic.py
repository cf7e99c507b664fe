"""A Scenario's description of the clients of a Service. Times in nanoseconds."""

from __future__ import annotations

from typing import NamedTuple

from simulator.engine.durations import Duration, Fixed
from simulator.units import MILLISECOND, SECOND


class Traffic(NamedTuple):
    """Clients of a Service. `rate`: requests a second; from `begin` to `end` (None: to the horizon) of the run.

    `takes`: how long an answer takes in addition to the delay of the container's own rule; `timeout`: how long a client waits; `slow`: the
    time from which an answer counts as slow; `node`: where the clients are (empty: each node in turn). With `keep_alive`, a client keeps
    its connection to a pod until that ends; there are `connections` such clients. `poisson`: requests arrive at random with mean `rate`.
    """

    service: str
    namespace: str = ""
    rate: float = 10.0
    begin: int = 0
    end: int | None = None
    port: int = 0
    path: str = "/"
    takes: Duration = Fixed(20 * MILLISECOND)
    timeout: int = 5 * SECOND
    slow: int = 1 * SECOND
    node: str = ""
    keep_alive: bool = False
    connections: int = 4
    poisson: bool = False
