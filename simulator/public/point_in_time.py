"""The cluster at one point in time: its pods and other objects, and what kubectl prints about them."""

from __future__ import annotations

from html import escape

from simulator.errors import UsageError
from simulator.journal.snapshot import Snapshot
from simulator.kubectl.print.listing import GetOptions
from simulator.kubectl.print.tables.pods import Summary, summary
from simulator.kubectl.read.describe import DescribeOptions
from simulator.kubectl.read.describe import describe as print_description
from simulator.kubectl.read.events import EventOptions
from simulator.kubectl.read.events import events as print_events
from simulator.kubectl.read.get import get as print_table
from simulator.kubectl.read.log_sources import LogOptions
from simulator.kubectl.read.logs import logs as print_logs
from simulator.kubectl.view import Printed, View
from simulator.objects.event import Event
from simulator.objects.kinds import Object, kind_for_word
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import is_ready
from simulator.public.text import Text
from simulator.units import MILLISECOND, short_duration
from simulator.views.styled import plain


class Moment:
    """The cluster at one point in time, `t` in nanoseconds."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.t = snapshot.t

    @property
    def _view(self) -> View:
        return View(self.snapshot)

    def pods(self, namespace: str | None = None) -> list[PodAt]:
        """All pods; only those of `namespace` when it is given."""
        return [PodAt(pod, self) for pod in self.snapshot.typed(Pod, namespace)]

    def pod(self, name: str, namespace: str | None = None) -> PodAt:
        """The pod with that name, or the first one whose name starts with it. Raises UsageError when there is none."""
        pods = self.pods(namespace)
        exact = [pod for pod in pods if pod.name == name]
        matches = exact or [pod for pod in pods if pod.name.startswith(name)]
        if not matches:
            names = ", ".join(pod.name for pod in pods) or "none at all"
            raise UsageError(f"no pod begins with {name!r} at {short_duration(self.t)}; available: {names}")
        return matches[0]

    def objects(self, kind: str, namespace: str | None = None) -> list[Object]:
        """All objects of a kind, in kubectl's words: `deploy`, `endpointslices`. Raises UsageError for an unknown kind."""
        entry = kind_for_word(kind)
        if entry is None:
            raise UsageError(f"unknown kind {kind!r}")
        return self.snapshot.objects(entry.name, namespace)

    def get(self, *args: str, namespace: str | None = None, output: str = "") -> Text:
        """What `kubectl get ARGS` prints; for all namespaces unless one is given. Raises UsageError for what kubectl refuses."""
        return _text(print_table(list(args), GetOptions(namespace=namespace, output=output), self._view))

    def describe(self, *args: str, namespace: str | None = None) -> Text:
        """What `kubectl describe ARGS` prints. Raises UsageError."""
        searched = namespace or self.snapshot.header.namespace or "default"
        return _text(print_description(list(args), DescribeOptions(namespace=searched), self._view))

    def events(self, about: str = "", namespace: str | None = None) -> Text:
        """What `kubectl events` prints; only those about `pod/web-1` when that is given. Raises UsageError."""
        return _text(print_events(EventOptions(namespace=namespace, about=about), self._view))

    def warnings(self) -> list[str]:
        """The messages of Warning events, latest last: `pod/web-1: Unhealthy: Readiness probe failed (x3)`."""
        events = [event for event in self.snapshot.typed(Event) if event.type == "Warning"]
        events.sort(key=lambda event: (event.last_timestamp or event.event_time or "", event.metadata.name))
        return [_warning(event) for event in events]

    def why(self, *words: str, namespace: str | None = None) -> Text:
        """What `podsim why WORDS` prints: the chain of causes back to YAML and program; without words, for pods that are not ready."""
        from simulator.views.why.lines import lines
        from simulator.views.why.question import explain, explain_unready, targets

        searched = namespace or self.snapshot.header.namespace or None
        trees = explain(self.snapshot, targets(self.snapshot, words, searched)) if words else explain_unready(self.snapshot, namespace)
        return Text(plain([line for tree in trees for line in lines(tree)]))

    def __repr__(self) -> str:
        return f"<Moment {short_duration(self.t)}>\n{self.get('pods')!r}"

    def _repr_html_(self) -> str:
        return f"<p>at {short_duration(self.t)}</p>{self.get('pods')._repr_html_()}"


class PodAt:
    """A pod at one point in time. `object` is the API object."""

    def __init__(self, pod: Pod, moment: Moment) -> None:
        self.object = pod
        self._moment = moment

    @property
    def name(self) -> str:
        """Its name."""
        return self.object.metadata.name

    @property
    def namespace(self) -> str:
        """Its namespace."""
        return self.object.metadata.namespace

    @property
    def _summary(self) -> Summary:
        return summary(self.object, View(self._moment.snapshot))

    @property
    def status(self) -> str:
        """kubectl's STATUS: `Running`, `Init:0/1`, `CrashLoopBackOff`, ..."""
        return self._summary.status

    @property
    def phase(self) -> str:
        """Pending, Running, Succeeded, Failed or Unknown."""
        return self.object.status.phase

    @property
    def node(self) -> str:
        """The node it runs on; empty while it is not scheduled."""
        return self.object.spec.node_name

    @property
    def ready(self) -> bool:
        """Whether its condition Ready is True."""
        return is_ready(self.object)

    @property
    def restarts(self) -> int:
        """kubectl's RESTARTS."""
        return self._summary.restarts

    def describe(self) -> Text:
        """What `kubectl describe pod` prints."""
        return self._moment.describe("pod", self.name, namespace=self.namespace)

    def why(self) -> Text:
        """Why it is in its state: the chain of causes back to YAML and program."""
        return self._moment.why(f"pod/{self.name}", namespace=self.namespace)

    def logs(self, container: str = "", *, previous: bool = False) -> Text:
        """What `kubectl logs` prints. Raises UsageError for what kubectl refuses."""
        options = LogOptions(namespace=self.namespace, container=container, previous=previous)
        return _text(print_logs([self.name], options, View(self._moment.snapshot)))

    def events(self) -> list[Event]:
        """The Events about it."""
        events = self._moment.snapshot.typed(Event, self.namespace)
        return [event for event in events if event.involved_object.uid == self.object.metadata.uid]

    @property
    def containers(self) -> list[str]:
        """The names of its containers, init containers first."""
        return [container.name for container in (*self.object.spec.init_containers, *self.object.spec.containers)]

    def __repr__(self) -> str:
        row = self._summary
        state = f"{row.ready}/{row.total} {row.status}, {row.restarts} restarts"
        return f"<Pod {self.namespace}/{self.name} at {_to_the_millisecond(self._moment.t)}: {state}>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self)[1:-1])}</p><details><summary>describe</summary>{self.describe()._repr_html_()}</details>"


def _to_the_millisecond(t: int) -> str:
    return short_duration(round(t / MILLISECOND) * MILLISECOND)


def _warning(event: Event) -> str:
    """One event as a line, with how often it happened."""
    count = event.series.count if event.series and event.series.count else event.count or 1
    times = f" (x{count})" if count > 1 else ""
    return f"{event.involved_object.kind.lower()}/{event.involved_object.name}: {event.reason}: {event.message}{times}"


def _text(printed: Printed) -> Text:
    if printed.code:
        raise UsageError(printed.err.strip())
    return Text(printed.out or printed.err)
