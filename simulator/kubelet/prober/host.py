"""What probe workers need of the kubelet around them."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from simulator.engine import Process
from simulator.kubelet.prober.client import Attempt, Target
from simulator.kubelet.prober.results import Key
from simulator.kubelet.prober.turns import Turns
from simulator.objects.container import Container
from simulator.objects.pod import Pod
from simulator.objects.pod_status import PodStatus
from simulator.objects.probes import Probe


class Subject(NamedTuple):
    """What a worker probes: a container of a pod as they were when the worker was created, and the probe with its type."""

    pod: Pod
    container: Container
    type: str
    probe: Probe

    @property
    def key(self) -> Key:
        """Which probe this is."""
        return Key(self.pod.metadata.uid, self.container.name, self.type)


class ProbeHost(Protocol):
    """The probe manager as its workers see it."""

    turns: Turns

    def status_of(self, pod_uid: str) -> PodStatus | None:
        """The status that the status manager holds; None before the first sync."""

    def pod_of(self, pod_uid: str) -> Pod | None:
        """The pod as the kubelet knows it."""

    def probe(self, subject: Subject, target: Target) -> Process[Attempt | None]:
        """Probe once; None when the probe's machinery failed."""

    def forget(self, key: Key) -> None:
        """That worker has ended."""
