"""podsim from Python: play manifests, look at any instant, list events, keep the journal. Everything shows itself well in a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Literal, TextIO

from simulator.errors import UsageError
from simulator.journal.journal import Journal
from simulator.journal.lines import dump
from simulator.journal.lines import load as load_lines
from simulator.journal.snapshot import Snapshot
from simulator.objects.event import Event
from simulator.objects.kinds import Object, kind_for_word
from simulator.objects.pod import Pod
from simulator.scenario.inputs import Choices
from simulator.units import parse_duration, short_duration
from simulator.views.kubectl.describe.command import DescribeOptions
from simulator.views.kubectl.describe.command import describe as print_description
from simulator.views.kubectl.eventlist import EventOptions
from simulator.views.kubectl.eventlist import events as print_events
from simulator.views.kubectl.get import GetOptions
from simulator.views.kubectl.get import get as print_table
from simulator.views.kubectl.logs import LogOptions
from simulator.views.kubectl.logs import logs as print_logs
from simulator.views.kubectl.tables.pods import Summary, summary
from simulator.views.kubectl.view import Printed, View
from simulator.views.timeline_text import draw, plain

When = str | float | None
"""An instant or a duration: `"1m30s"`, `"250ms"`, or a number of seconds; None: the end."""


class Text(str):
    """What a command printed. Shows itself as it is, not quoted."""

    __slots__ = ()

    def __repr__(self) -> str:
        return self.rstrip("\n")

    def _repr_html_(self) -> str:
        return f'<pre style="line-height: 1.2">{escape(self)}</pre>'


def run(
    paths: str | Path | Sequence[str | Path],
    *,
    namespace: str | None = None,
    seed: int | None = None,
    kubernetes: str | None = None,
    duration: When = None,
    nodes: int | None = None,
    start_time: str | None = None,
    validate: Literal["strict", "warn", "ignore"] = "strict",
    exact: bool = False,
    stdin: TextIO | None = None,
) -> Run:
    """Play manifests, directories, `-` or a Scenario, as `podsim run` does; what is given here goes before what the Scenario says.

    Raises ManifestError, ScenarioError or UsageError with every problem found.
    """
    from simulator.cluster import Cluster
    from simulator.scenario.inputs import gather

    given = [paths] if isinstance(paths, str | Path) else list(paths)
    choices = Choices(namespace, seed, kubernetes, _nanoseconds(duration), nodes, start_time, validate, exact)
    inputs = gather([str(path) for path in given], choices, stdin)
    return Run(Cluster(inputs).run(), [str(warning) for warning in inputs.warnings])


def load(file: str | Path) -> Run:
    """A run that was saved with `save` or `podsim run --save`. Raises JournalError."""
    with Path(file).open("rb") as lines:
        return Run(load_lines(lines, str(file)))


class Run:
    """A finished run. `journal` has all of it, `warnings` what was said about the manifests."""

    def __init__(self, journal: Journal, warnings: Sequence[str] = ()) -> None:
        self.journal = journal
        self.warnings = tuple(warnings)

    @property
    def assumptions(self) -> list[dict[str, str]]:
        """What was assumed of containers nobody described: subject, text, reason, override."""
        return self.journal.header.assumptions

    def at(self, when: When = None) -> Moment:
        """The cluster at an instant. Raises UsageError when the run was over by then."""
        t = _nanoseconds(when)
        if t is not None and t > self.journal.end:
            raise UsageError(f"the run ended at {short_duration(self.journal.end)}")
        return Moment(self.journal.at(t))

    def events(self, namespace: str | None = None) -> list[Event]:
        """All events at the end; of one namespace when it is given."""
        return self.at().snapshot.typed(Event, namespace)

    def timeline(self, width: int = 100) -> Text:
        """Containers as bars on a time axis, with probes, readiness and Services."""
        return Text(plain(draw(self.journal.at(), width)))

    def why(self, *about: str, at: When = None, namespace: str | None = None) -> Text:
        """Why objects (`pod/web-*`, `deploy/web`; none: pods that are not ready) are as they are at an instant, as a tree of causes.

        Raises UsageError when there is no such object.
        """
        from simulator.views.why.lines import lines
        from simulator.views.why.question import explain, explain_unready, targets

        snapshot = self.at(at).snapshot
        trees = explain(snapshot, targets(snapshot, about, namespace)) if about else explain_unready(snapshot, namespace)
        return Text(plain([line for tree in trees for line in lines(tree)]))

    def story(self, *about: str, at: When = None, namespace: str | None = None, only: Sequence[str] = (), everything: bool = False) -> Text:
        """What happened up to an instant to objects and what they control (none: to all), one line each, as `podsim story` tells it.

        `only`: these things (`probe`, `exit`, ...); `everything`: details, too. Raises UsageError when there never was such an object.
        """
        from simulator.views.story.lines import lines
        from simulator.views.story.tell import Choice, story
        from simulator.views.why.question import targets

        snapshot = self.at(at).snapshot
        keys = targets(snapshot, about, namespace, ever=True) if about else None
        return Text(plain(lines(story(snapshot, keys, Choice(only=tuple(only), everything=everything)), snapshot)))

    def save(self, file: str | Path) -> None:
        """Keep the journal, to be read by `load` or `podsim ... --from FILE`."""
        Path(file).write_text("".join(f"{line}\n" for line in dump(self.journal)), encoding="utf-8")

    def __repr__(self) -> str:
        header, pods = self.journal.header, len(self.at().pods())
        name = f"{header.scenario}: " if header.scenario else ""
        length = short_duration(self.journal.end)
        return f"<Run {name}{length}, {pods} pods at the end, Kubernetes {header.kubernetes}, seed {header.seed}>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self)[1:-1])}</p>{self.timeline()._repr_html_()}{self.at()._repr_html_()}"


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
    def ready(self) -> bool:
        """Whether its condition Ready is True."""
        return any(c.type == "Ready" and c.status == "True" for c in self.object.status.conditions)

    @property
    def restarts(self) -> int:
        """kubectl's RESTARTS."""
        return self._summary.restarts

    def describe(self) -> Text:
        """What `kubectl describe pod` prints."""
        return self._moment.describe("pod", self.name, namespace=self.namespace)

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
        ready = f"{told.ready}/{told.total}"
        return f"<Pod {self.namespace}/{self.name} at {short_duration(self._moment.t)}: {ready} {told.status}, {told.restarts} restarts>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self)[1:-1])}</p><details><summary>describe</summary>{self.describe()._repr_html_()}</details>"


def _nanoseconds(when: When) -> int | None:
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
