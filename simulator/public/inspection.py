"""What a cluster shows at the present time: pods, other objects, and what kubectl and podsim print."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path

from simulator.errors import UsageError
from simulator.journal.journal import Journal
from simulator.metrics import measure
from simulator.objects.globs import glob_matches
from simulator.objects.kinds import Object
from simulator.public.point_in_time import Moment, PodAt
from simulator.public.text import Text
from simulator.units import short_duration
from simulator.views.styled import plain
from simulator.views.timeline.text import draw
from simulator.whole_files import write_whole


class PodsAt(tuple[PodAt, ...]):
    """Several pods at one point in time."""

    __slots__ = ()

    @property
    def ready(self) -> bool:
        """Whether all of them are ready."""
        return all(pod.ready for pod in self)

    @property
    def restarts(self) -> int:
        """The restarts of all of them."""
        return sum(pod.restarts for pod in self)

    @property
    def names(self) -> list[str]:
        """Their names."""
        return [pod.name for pod in self]

    @property
    def statuses(self) -> list[str]:
        """kubectl's STATUS of each."""
        return [pod.status for pod in self]

    def __repr__(self) -> str:
        states = [f"{pod.name} {pod.status}{'' if pod.ready else ' (not ready)'}" for pod in self]
        return f"<{len(self)} pods: {', '.join(states) or 'none'}>"


class Inspection(ABC):
    """Shows whatever has a journal."""

    @property
    @abstractmethod
    def journal(self) -> Journal:
        """Everything that was recorded so far."""

    @property
    def moment(self) -> Moment:
        """The cluster now."""
        return Moment(self.journal.at())

    def pods(self, name: str = "*", namespace: str | None = None) -> PodsAt:
        """The pods whose name matches; `name` may be a glob."""
        return PodsAt(pod for pod in self.moment.pods(namespace) if glob_matches(pod.name, name))

    def pod(self, name: str, namespace: str | None = None) -> PodAt | PodsAt:
        """The pod with that name; all of them when a glob matches several. Raises UsageError when there is none."""
        pods = self.pods(name, namespace)
        if not pods:
            names = ", ".join(pod.name for pod in self.moment.pods(namespace)) or "none at all"
            raise UsageError(f"no pod {name} at {short_duration(self.moment.t)}; available: {names}")
        return pods[0] if len(pods) == 1 else pods

    def object(self, name: str, namespace: str | None = None) -> Object:
        """An API object, as `deployment/web`. Raises UsageError when there is none."""
        kind, _, own_name = name.partition("/")
        namespaces = "", namespace or self.moment.snapshot.header.namespace or "default"
        objects = self.moment.objects(kind)
        matches = [item for item in objects if item.metadata.name == own_name and item.metadata.namespace in namespaces]
        if not matches:
            names = ", ".join(item.metadata.name for item in objects) or "none at all"
            raise UsageError(f"there is no {name} at {short_duration(self.moment.t)}; available: {names}")
        return matches[0]

    def get(self, *args: str, namespace: str | None = None, output: str = "") -> Text:
        """What `kubectl get ARGS` prints."""
        return self.moment.get(*args, namespace=namespace, output=output)

    def describe(self, *args: str, namespace: str | None = None) -> Text:
        """What `kubectl describe ARGS` prints."""
        return self.moment.describe(*args, namespace=namespace)

    def events(self, about: str = "", namespace: str | None = None) -> Text:
        """What `kubectl events` prints; only those about `pod/web-1` when that is given."""
        return self.moment.events(about, namespace)

    def logs(self, name: str, container: str = "", *, previous: bool = False) -> Text:
        """What `kubectl logs` prints for the first pod whose name matches; `name` may be a glob."""
        pods = self.pod(name)
        return (pods if isinstance(pods, PodAt) else pods[0]).logs(container, previous=previous)

    def why(self, *words: str, namespace: str | None = None) -> Text:
        """What `podsim why` prints: the chain of causes; without words, for pods that are not ready."""
        return self.moment.why(*words, namespace=namespace)

    def timeline(self, width: int = 100) -> Text:
        """Containers as bars on a time axis."""
        return Text(plain(draw(self.journal.at(), width)))

    def metric(self, name: str, about: str = "") -> float | None:
        """A number of `podsim metrics --list`, in seconds or as a count; None: it did not happen so far. Raises UsageError."""
        return measure(self.journal.at(), name, about)

    def save(self, file: str | Path) -> str:
        """Save the journal, for `podsim ... --from FILE`; returns the file's name."""
        write_whole(file, self.journal.saved())
        return str(file)
