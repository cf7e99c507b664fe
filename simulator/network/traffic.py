"""What a Scenario says of the clients of a Service. Times in nanoseconds."""

from __future__ import annotations

from typing import NamedTuple

from simulator.engine.durations import Duration, Fixed
from simulator.units import MILLISECOND, SECOND


class Traffic(NamedTuple):
    """Clients of a Service. `rate`: requests a second; from `begin` to `end` (None: to the horizon) of the run.

    `takes`: how long an answer takes beside the delay of the container's own rule; `timeout`: how long a client waits; `slow`: from when
    on an answer counts as slow; `node`: where the clients are (empty: one after the other on each node). With `keep_alive`, a client
    stays with the pod that it is connected to until that goes; there are `connections` such clients. `poisson`: requests come at random,
    `rate` is their mean.
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
