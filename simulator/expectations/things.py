"""Objects over time, and when something was true of them: each word and predicate of an expectation becomes spans of time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fnmatch import fnmatchcase
from itertools import pairwise
from typing import Any, NamedTuple

from simulator.journal.records import Write
from simulator.kubectl.print.tables.pods import summary
from simulator.kubectl.view import View
from simulator.metrics import Story
from simulator.metrics.selection import Selection
from simulator.metrics.story import PodStory, ServiceStory
from simulator.metrics.timeline import Span, spans_of
from simulator.metrics.workloads import is_rolled_out
from simulator.objects.kinds import Key, Object
from simulator.objects.pod import Pod
from simulator.scenario.read_expect import PODS


class Thing(NamedTuple):
    """An object from its creation until it was `gone` (None: it is still there), and the spans in which something was true of it.

    `since`: from when the time counts that it takes to become so.
    """

    key: Key
    created: int
    gone: int | None
    spans: tuple[Span, ...]
    since: int

    @property
    def first(self) -> int | None:
        """When it was true for the first time."""
        return self.spans[0].begin if self.spans else None

    def exists_at(self, t: int) -> bool:
        """Whether it is there at an instant."""
        return self.created <= t and (self.gone is None or t < self.gone)

    def holds_at(self, t: int) -> bool:
        """Whether it is true at an instant."""
        return any(span.begin <= t and (span.end is None or t < span.end) for span in self.spans)

    def within(self, window: Span) -> list[Span]:
        """The spans that touch a window of time."""
        end = window.begin if window.end is None else window.end
        found = [span for span in self.spans if span.begin <= end]
        return [s for s in found if s.end is None or s.end > window.begin or s.begin == s.end == window.begin or s.begin > window.begin]


Find = Callable[[Story, Selection], list[Thing]]
"""The objects that are meant, each with when something was true of it."""


def _of_pods(spans: Callable[[PodStory], Iterable[Span]]) -> Find:
    def find(story: Story, chosen: Selection) -> list[Thing]:
        return [Thing(pod.key, pod.created, pod.lane.life.end, tuple(spans(pod)), pod.created) for pod in chosen.pods(story)]

    return find


def _services(story: Story, chosen: Selection) -> list[Thing]:
    """Services, and when a connection to them got somewhere."""
    found = []
    for service in chosen.services(story):
        gone = None if story.snapshot.get(service.key) else service.end
        found.append(Thing(service.key, service.created, gone, _reachable(service, gone), service.created))
    return found


def _of_objects(holds: Callable[[Any], bool], since: Callable[[Sequence[Write]], int] | None = None) -> Find:
    def find(story: Story, chosen: Selection) -> list[Thing]:
        things = []
        for writes in _lives(story, chosen):
            gone = writes[-1].t if writes[-1].type == "DELETED" else None
            spans = spans_of(((write.t, holds(write.item)) for write in writes), gone)
            things.append(Thing(writes[0].key, writes[0].t, gone, spans, since(writes) if since else writes[0].t))
        return things

    return find


def _lives(story: Story, chosen: Selection) -> list[list[Write]]:
    """The changes of each object that is meant; one that follows another of the same name is another one."""
    lives: list[list[Write]] = []
    for key in sorted(story.snapshot.known(chosen.kind)):
        if not chosen.fits(key):
            continue
        lives.append([])
        for write in story.snapshot.writes(key):
            if lives[-1] and lives[-1][-1].type == "DELETED":
                lives.append([])
            lives[-1].append(write)
    return lives


# ---- words


def _exists(story: Story, chosen: Selection) -> list[Thing]:
    return [thing._replace(spans=(Span(thing.created, thing.gone),)) for thing in _of_objects(lambda _: True)(story, chosen)]


def _gone(story: Story, chosen: Selection) -> list[Thing]:
    """Of one that is gone this stays true for ever, so it counts as being there still."""
    found = _of_objects(lambda _: True)(story, chosen)
    return [thing._replace(gone=None, spans=() if thing.gone is None else (Span(thing.gone),)) for thing in found]


def _scheduled(pod: PodStory) -> list[Span]:
    return [] if pod.lane.scheduled is None else [Span(pod.lane.scheduled, pod.lane.life.end)]


def _started(pod: PodStory) -> list[Span]:
    starts = [lane.bars[0].begin if lane.bars else None for lane in pod.lane.containers if not lane.init]
    known = [start for start in starts if start is not None]
    return [Span(max(known), pod.lane.life.end)] if known and len(known) == len(starts) else []


def _pod_states(holds: Callable[[Pod], bool]) -> Callable[[PodStory], Iterable[Span]]:
    return lambda pod: spans_of(((t, holds(state)) for t, state in pod.states), pod.lane.life.end)


def has_condition(item: Any, type_: str, status: str = "True") -> bool:
    """Whether an object has a condition with that status."""
    conditions = getattr(getattr(item, "status", None), "conditions", None) or ()
    return any(condition.type == type_ and condition.status == status for condition in conditions)


def _workload_ready(item: Any) -> bool:
    """Whether as many pods are ready as are wanted, and the controller has seen the last change."""
    status, spec = item.status, item.spec
    if (getattr(status, "observed_generation", None) or 0) < (item.metadata.generation or 0):
        return False
    if item.kind == "DaemonSet":
        return bool(status.number_ready >= status.desired_number_scheduled)
    return bool((status.ready_replicas or 0) >= (1 if spec.replicas is None else spec.replicas))


def _available(item: Any) -> bool:
    """Whether as many pods are available as are wanted: ready for minReadySeconds."""
    status = item.status
    if item.kind == "DaemonSet":
        return bool(_workload_ready(item) and status.number_available >= status.desired_number_scheduled)
    return bool(_workload_ready(item) and (status.available_replicas or 0) >= (1 if item.spec.replicas is None else item.spec.replicas))


def _reachable(service: ServiceStory, gone: int | None) -> tuple[Span, ...]:
    """When kube-proxy of some node had a ready endpoint programmed; a headless Service's clients find the endpoints themselves."""
    if service.is_headless:
        return spans_of(((t, count > 0) for t, count in service.lane.ready), gone)
    counts: dict[str, int] = {}
    levels = []
    for fact in service.programmed:
        counts[str(fact.data.get("node"))] = int(fact.data.get("ready") or 0)
        levels.append((fact.t, any(counts.values())))
    return spans_of(levels, gone)


def _last_change(writes: Sequence[Write]) -> int:
    """When the spec was last changed; its creation is the first change."""
    changes = [after.t for before, after in pairwise(writes) if after.item.metadata.generation != before.item.metadata.generation]
    return changes[-1] if changes else writes[0].t


def _ready(story: Story, chosen: Selection) -> list[Thing]:
    if chosen.kind == "Pod":
        return _of_pods(lambda pod: pod.lane.ready)(story, chosen)
    if chosen.kind == "Service":
        return _services(story, chosen)
    holds = (lambda item: has_condition(item, "Ready")) if chosen.kind == "Node" else _workload_ready
    return _of_objects(holds)(story, chosen)


def _ended(phase: str, condition: str) -> Find:
    def find(story: Story, chosen: Selection) -> list[Thing]:
        if chosen.kind == "Pod":
            return _of_pods(_pod_states(lambda pod: pod.status.phase == phase))(story, chosen)
        return _of_objects(lambda item: has_condition(item, condition))(story, chosen)

    return find


FINDERS: dict[str, Find] = {
    "exists": _exists,
    "gone": _gone,
    "scheduled": _of_pods(_scheduled),
    "initialized": _of_pods(_pod_states(lambda pod: has_condition(pod, "Initialized"))),
    "started": _of_pods(_started),
    "running": _of_pods(_pod_states(lambda pod: pod.status.phase == "Running")),
    "ready": _ready,
    "available": _of_objects(_available),
    "rolledOut": _of_objects(is_rolled_out, _last_change),
    "reachable": _services,
    "complete": _ended("Succeeded", "Complete"),
    "failed": _ended("Failed", "Failed"),
}
"""Word -> who is meant, and when it was true. The words are those of `read_expect.WORDS`."""


# ---- predicates


def with_state(glob: str, container: str) -> Find:
    """When a container waited or had ended for such a reason (`CrashLoopBackOff`, `OOMKilled`), or ran (`Running`).

    An end that no status shows, because the container was started again at once, counts as an instant.
    """

    def holds(pod: Pod) -> bool:
        return any(fnmatchcase(word, glob) for word in _words(pod, container))

    def spans(pod: PodStory) -> list[Span]:
        seen = _pod_states(holds)(pod)
        ends = [
            Span(fact.t, fact.t)
            for fact in pod.facts
            if fact.what == "container.exited"
            and fnmatchcase(str(fact.data.get("reason", "")), glob)
            and fnmatchcase(str(fact.data.get("container", "")), container or "*")
        ]
        return sorted([*seen, *ends], key=lambda span: span.begin)

    return _of_pods(spans)


def _words(pod: Pod, container: str) -> list[str]:
    """A word for the state of each container."""
    words = []
    for status in (*pod.status.init_container_statuses, *pod.status.container_statuses):
        if fnmatchcase(status.name, container or "*"):
            ended = status.state.terminated or status.state.waiting
            words.append(ended.reason if ended else "Running" if status.state.running else "")
    return words


def with_status(glob: str, story: Story) -> Find:
    """When kubectl's STATUS column said so: `Init:0/1`, `Terminating`."""
    view = View(story.snapshot)
    return _of_pods(_pod_states(lambda pod: fnmatchcase(summary(pod, view).status, glob)))


def with_phase(glob: str, kind: str) -> Find:
    """When the phase was so; of a workload, that of its pods."""
    if kind in PODS:
        return _of_pods(_pod_states(lambda pod: fnmatchcase(pod.status.phase, glob)))
    return _of_objects(lambda item: fnmatchcase(str(getattr(getattr(item, "status", None), "phase", "") or ""), glob))


def with_condition(text: str, kind: str) -> Find:
    """When a condition was so: `Progressing=False`, or `Available`, which means True."""
    type_, _, status = text.partition("=")

    def holds(item: Object) -> bool:
        return has_condition(item, type_, status or "True")

    return _of_pods(_pod_states(holds)) if kind == "Pod" else _of_objects(holds)
