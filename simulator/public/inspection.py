"""What can be seen of a cluster at the present instant: pods, other objects, and what kubectl and podsim print."""

from __future__ import annotations

from abc import ABC, abstractmethod
from fnmatch import fnmatchcase
from pathlib import Path

from simulator.errors import UsageError
from simulator.journal.journal import Journal
from simulator.journal.lines import dump
from simulator.metrics import measure
from simulator.objects.kinds import Object
from simulator.public.moment import Moment, PodAt, Text
from simulator.units import short_duration
from simulator.views.styled import plain
from simulator.views.timeline_text import draw


class PodsAt(tuple[PodAt, ...]):
    """Several pods at one instant. What is asked of them is asked of all."""

    __slots__ = ()

    @property
    def ready(self) -> bool:
        """Whether each of them is."""
        return all(pod.ready for pod in self)

    @property
    def restarts(self) -> int:
        """Of all of them."""
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
        told = [f"{pod.name} {pod.status}{'' if pod.ready else ' (not ready)'}" for pod in self]
        return f"<{len(self)} pods: {', '.join(told) or 'none'}>"


class Looking(ABC):
    """Looks at whatever has a journal."""

    @property
    @abstractmethod
    def journal(self) -> Journal:
        """All that was written so far."""

    @property
    def moment(self) -> Moment:
        """The cluster now."""
        return Moment(self.journal.at())

    def pods(self, name: str = "*", namespace: str | None = None) -> PodsAt:
        """The pods of that name, which may be a glob."""
        return PodsAt(pod for pod in self.moment.pods(namespace) if fnmatchcase(pod.name, name))

    def pod(self, name: str, namespace: str | None = None) -> PodAt | PodsAt:
        """The pod of that name; of a glob that several fit, all of them. Raises UsageError when there is none."""
        found = self.pods(name, namespace)
        if not found:
            there = ", ".join(pod.name for pod in self.moment.pods(namespace)) or "none at all"
            raise UsageError(f"no pod is called {name} at {short_duration(self.moment.t)}; there is {there}")
        return found[0] if len(found) == 1 else found

    def object(self, name: str, namespace: str | None = None) -> Object:
        """An API object, as `deployment/web`. Raises UsageError when there is none."""
        kind, _, own = name.partition("/")
        where = namespace or self.moment.snapshot.header.namespace or "default"
        found = [item for item in self.moment.objects(kind) if item.metadata.name == own and item.metadata.namespace in ("", where)]
        if not found:
            there = ", ".join(item.metadata.name for item in self.moment.objects(kind)) or "none at all"
            raise UsageError(f"there is no {name} at {short_duration(self.moment.t)}; there is {there}")
        return found[0]

    def get(self, *args: str, namespace: str | None = None, output: str = "") -> Text:
        """What `kubectl get ARGS` prints."""
        return self.moment.get(*args, namespace=namespace, output=output)

    def describe(self, *args: str, namespace: str | None = None) -> Text:
        """What `kubectl describe ARGS` prints."""
        return self.moment.describe(*args, namespace=namespace)

    def events(self, about: str = "", namespace: str | None = None) -> Text:
        """What `kubectl events` prints; only about `pod/web-1` when that is given."""
        return self.moment.events(about, namespace)

    def logs(self, name: str, container: str = "", *, previous: bool = False) -> Text:
        """What `kubectl logs` prints of the first pod of that name, which may be a glob."""
        found = self.pod(name)
        return (found if isinstance(found, PodAt) else found[0]).logs(container, previous=previous)

    def why(self, *words: str, namespace: str | None = None) -> Text:
        """What `podsim why` prints: the chain of causes; without words of pods that are not ready."""
        return self.moment.why(*words, namespace=namespace)

    def timeline(self, width: int = 100) -> Text:
        """Containers as bars on a time axis."""
        return Text(plain(draw(self.journal.at(), width)))

    def metric(self, name: str, about: str = "") -> float | None:
        """A number of `podsim metrics --list`, in seconds or as a count; None: it has not come to pass. Raises UsageError."""
        return measure(self.journal.at(), name, about)

    def save(self, file: str | Path) -> str:
        """Keep the journal, to be read by `podsim ... --from FILE`; the file's name."""
        Path(file).write_text("".join(f"{line}\n" for line in dump(self.journal)), encoding="utf-8")
        return str(file)
