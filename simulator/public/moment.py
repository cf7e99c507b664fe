"""The cluster at one instant, for programs and notebooks: pods and other objects, and what kubectl prints about them."""

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
from simulator.units import MILLISECOND, parse_duration, short_duration
from simulator.views.styled import plain

When = str | float | None
"""An instant or a duration: `"1m30s"`, `"250ms"`, or a number of seconds; None: the end."""


class Text(str):
    """What a command printed. Shows itself as it is, not quoted."""

    __slots__ = ()

    def __repr__(self) -> str:
        return self.rstrip("\n")

    def _repr_html_(self) -> str:
        # Columns must stay columns, whatever the page around them does with <pre>.
        return f'<pre style="font-family: monospace; line-height: 1.2; white-space: pre; overflow-x: auto">{escape(self)}</pre>'


class Moment:
    """The cluster at one instant, `t` in nanoseconds."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.t = snapshot.t

    @property
    def _view(self) -> View:
        return View(self.snapshot)

    def pods(self, namespace: str | None = None) -> list[PodAt]:
        """Every pod; of one namespace when it is given."""
        return [PodAt(pod, self) for pod in self.snapshot.typed(Pod, namespace)]

    def pod(self, name: str, namespace: str | None = None) -> PodAt:
        """The pod of that name, or the first whose name begins so. Raises UsageError when there is none."""
        pods = self.pods(namespace)
        found = next((pod for pod in pods if pod.name == name), None) or next((pod for pod in pods if pod.name.startswith(name)), None)
        if found is None:
            there = ", ".join(pod.name for pod in pods) or "none at all"
            raise UsageError(f"no pod begins with {name!r} at {short_duration(self.t)}; there is {there}")
        return found

    def objects(self, kind: str, namespace: str | None = None) -> list[Object]:
        """Every object of a kind, in kubectl's words: `deploy`, `endpointslices`. Raises UsageError for an unknown one."""
        known = kind_for_word(kind)
        if known is None:
            raise UsageError(f"no kind is called {kind!r}")
        return self.snapshot.objects(known.name, namespace)

    def get(self, *args: str, namespace: str | None = None, output: str = "") -> Text:
        """What `kubectl get ARGS` prints; of all namespaces unless one is given. Raises UsageError when kubectl would complain."""
        return _text(print_table(list(args), GetOptions(namespace=namespace, output=output), self._view))

    def describe(self, *args: str, namespace: str | None = None) -> Text:
        """What `kubectl describe ARGS` prints. Raises UsageError."""
        where = namespace or self.snapshot.header.namespace or "default"
        return _text(print_description(list(args), DescribeOptions(namespace=where), self._view))

    def events(self, about: str = "", namespace: str | None = None) -> Text:
        """What `kubectl events` prints; only about `pod/web-1` when that is given. Raises UsageError."""
        return _text(print_events(EventOptions(namespace=namespace, about=about), self._view))

    def warnings(self) -> list[str]:
        """What Warning events said, the latest last: `pod/web-1: Unhealthy: Readiness probe failed (x3)`."""
        found = [event for event in self.snapshot.typed(Event) if event.type == "Warning"]
        told = []
        for event in sorted(found, key=lambda event: (event.last_timestamp or event.event_time or "", event.metadata.name)):
            count = event.series.count if event.series and event.series.count else event.count or 1
            about = f"{event.involved_object.kind.lower()}/{event.involved_object.name}"
            told.append(f"{about}: {event.reason}: {event.message}{f' (x{count})' if count > 1 else ''}")
        return told

    def why(self, *words: str, namespace: str | None = None) -> Text:
        """What `podsim why WORDS` prints: the chain of causes back to YAML and program; without words of pods that are not ready."""
        from simulator.views.why.lines import lines
        from simulator.views.why.question import explain, explain_unready, targets

        where = namespace or self.snapshot.header.namespace or None
        trees = explain(self.snapshot, targets(self.snapshot, words, where)) if words else explain_unready(self.snapshot, namespace)
        return Text(plain([line for tree in trees for line in lines(tree)]))

    def __repr__(self) -> str:
        return f"<Moment {short_duration(self.t)}>\n{self.get('pods')!r}"

    def _repr_html_(self) -> str:
        return f"<p>at {short_duration(self.t)}</p>{self.get('pods')._repr_html_()}"


class PodAt:
    """A pod at one instant. `object` is the API object."""

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
        """The node that it is on; empty: none so far."""
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
        """Why it is as it is: the chain of causes back to YAML and program."""
        return self._moment.why(f"pod/{self.name}", namespace=self.namespace)

    def logs(self, container: str = "", *, previous: bool = False) -> Text:
        """What `kubectl logs` prints. Raises UsageError when kubectl would complain."""
        options = LogOptions(namespace=self.namespace, container=container, previous=previous)
        return _text(print_logs([self.name], options, View(self._moment.snapshot)))

    def events(self) -> list[Event]:
        """Events about it so far."""
        events = self._moment.snapshot.typed(Event, self.namespace)
        return [event for event in events if event.involved_object.uid == self.object.metadata.uid]

    @property
    def containers(self) -> list[str]:
        """The names of its containers, init containers first."""
        return [container.name for container in (*self.object.spec.init_containers, *self.object.spec.containers)]

    def __repr__(self) -> str:
        told = self._summary
        state = f"{told.ready}/{told.total} {told.status}, {told.restarts} restarts"
        return f"<Pod {self.namespace}/{self.name} at {_to_the_millisecond(self._moment.t)}: {state}>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self)[1:-1])}</p><details><summary>describe</summary>{self.describe()._repr_html_()}</details>"


def _to_the_millisecond(t: int) -> str:
    return short_duration(round(t / MILLISECOND) * MILLISECOND)


def nanoseconds(when: When) -> int | None:
    """An instant or a duration in nanoseconds. Raises UsageError."""
    if when is None:
        return None
    try:
        return parse_duration(when)
    except ValueError as error:
        raise UsageError(str(error)) from error


def _text(printed: Printed) -> Text:
    if printed.code:
        raise UsageError(printed.err.strip())
    return Text(printed.out or printed.err)
