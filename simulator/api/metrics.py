"""The aggregated APIs of metrics (metrics.k8s.io, custom.metrics.k8s.io, external.metrics.k8s.io), as their readers see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from simulator.objects.pod import Pod

CPU, MEMORY = "cpu", "memory"


class Sample(NamedTuple):
    """What one pod used: measured until `taken` (wall clock) over `window`, both in nanoseconds.

    `containers`: by name, CPU in nanocores and memory in bytes.
    """

    taken: int
    window: int
    containers: Mapping[str, Mapping[str, int]]


class MetricsApi(Protocol):
    """Reads of metrics. Each raises ApiError when the API gives no answer."""

    def pods(self, pods: Sequence[Pod]) -> dict[str, Sample]:
        """The samples of these pods of one namespace, by name; a pod without one is left out."""

    def pod_values(self, metric: str, pods: Sequence[Pod]) -> dict[str, int]:
        """A custom metric of pods, by pod, in thousandths."""

    def object_value(self, metric: str, described: str) -> int:
        """A custom metric of an object (`ingress/main`), in thousandths."""

    def external_value(self, metric: str) -> int:
        """An external metric, in thousandths."""
