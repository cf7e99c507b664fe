"""Objects over time, and when a condition held for them: each word and predicate of an expectation becomes spans of time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from simulator.journal.changes import last_change
from simulator.journal.records import Write
from simulator.kubectl.print.tables.pods import summary
from simulator.kubectl.view import View
from simulator.metrics import Story
from simulator.metrics.selection import Selection
from simulator.metrics.story import PodStory, ServiceStory
from simulator.metrics.timeline import Span, spans_of
from simulator.objects.conditions import INITIALIZED, READY, has_condition
from simulator.objects.globs import glob_matches
from simulator.objects.kinds import Key, Object
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import all_statuses, has_failed, has_succeeded
from simulator.objects.pod_status import ContainerStatus
from simulator.objects.readiness import is_rolled_out, workload_available, workload_ready
from simulator.scenario.read_expect import PODS


class ObjectSpans(NamedTuple):
    """An object from its creation until it was `gone` (None: it still exists), and the spans in which a condition held for it.

    `since`: what the time until the condition holds is measured from.
    """

    key: Key
    created: int
    gone: int | None
    spans: tuple[Span, ...]
    since: int

    @property
    def first(self) -> int | None:
        """When it held for the first time."""
        return self.spans[0].begin if self.spans else None

    def exists_at(self, t: int) -> bool:
        """Whether the object exists at a time."""
        return self.created <= t and (self.gone is None or t < self.gone)

    def holds_at(self, t: int) -> bool:
        """Whether it holds at a time."""
        return any(span.begin <= t and (span.end is None or t < span.end) for span in self.spans)

    def within(self, window: Span) -> list[Span]:
        """The spans that overlap a window of time."""
        end = window.begin if window.end is None else window.end
        started = [span for span in self.spans if span.begin <= end]
        return [s for s in started if s.end is None or s.end > window.begin or s.begin == s.end == window.begin or s.begin > window.begin]


Find = Callable[[Story, Selection], list[ObjectSpans]]
"""Finds the selected objects, each with the spans in which a condition held for it."""


def _of_pods(spans: Callable[[PodStory], Iterable[Span]]) -> Find:
    def find(story: Story, chosen: Selection) -> list[ObjectSpans]:
        return [ObjectSpans(pod.key, pod.created, pod.lane.life.end, tuple(spans(pod)), pod.created) for pod in chosen.pods(story)]

    return find


def _services(story: Story, chosen: Selection) -> list[ObjectSpans]:
    """Services, and when connections to them succeed."""
    objects = []
    for service in chosen.services(story):
        gone = None if story.snapshot.get(service.key) else service.end
        objects.append(ObjectSpans(service.key, service.created, gone, _reachable(service, gone), service.created))
    return objects


def _of_objects(holds: Callable[[Any], bool], since: Callable[[Sequence[Write]], int] | None = None) -> Find:
    def find(story: Story, chosen: Selection) -> list[ObjectSpans]:
        objects = []
        for writes in _lifetimes(story, chosen):
            gone = writes[-1].t if writes[-1].type == "DELETED" else None
            spans = spans_of(((write.t, holds(write.item)) for write in writes), gone)
            objects.append(ObjectSpans(writes[0].key, writes[0].t, gone, spans, since(writes) if since else writes[0].t))
        return objects

    return find


def _lifetimes(story: Story, chosen: Selection) -> list[list[Write]]:
    """The writes of each selected object; an object created under the name of a deleted one is a separate one."""
    lifetimes: list[list[Write]] = []
    for key in sorted(story.snapshot.known(chosen.kind)):
        if not chosen.fits(key):
            continue
        lifetimes.append([])
        for write in story.snapshot.writes(key):
            if lifetimes[-1] and lifetimes[-1][-1].type == "DELETED":
                lifetimes.append([])
            lifetimes[-1].append(write)
    return lifetimes


# ---- words


def _exists(story: Story, chosen: Selection) -> list[ObjectSpans]:
    return [item._replace(spans=(Span(item.created, item.gone),)) for item in _of_objects(lambda _: True)(story, chosen)]


def _gone(story: Story, chosen: Selection) -> list[ObjectSpans]:
    """Whether it is deleted. That stays true, so the object counts as existing."""
    objects = _of_objects(lambda _: True)(story, chosen)
    return [item._replace(gone=None, spans=() if item.gone is None else (Span(item.gone),)) for item in objects]


def _scheduled(pod: PodStory) -> list[Span]:
    return [] if pod.lane.scheduled is None else [Span(pod.lane.scheduled, pod.lane.life.end)]


def _started(pod: PodStory) -> list[Span]:
    starts = [lane.bars[0].begin if lane.bars else None for lane in pod.lane.containers if not lane.init]
    known = [start for start in starts if start is not None]
    return [Span(max(known), pod.lane.life.end)] if known and len(known) == len(starts) else []


def _pod_states(holds: Callable[[Pod], bool]) -> Callable[[PodStory], Iterable[Span]]:
    return lambda pod: spans_of(((t, holds(state)) for t, state in pod.states), pod.lane.life.end)


def _is_true(item: Any, condition: str, value: str = "True") -> bool:
    """Whether an object of any kind has a condition with that status."""
    status: Any = getattr(item, "status", None)
    return bool(getattr(status, "conditions", None)) and has_condition(status, condition, value)


def _reachable(service: ServiceStory, gone: int | None) -> tuple[Span, ...]:
    """When kube-proxy of some node had a ready endpoint programmed; clients of a headless Service resolve the endpoints themselves."""
    if service.is_headless:
        return spans_of(((t, count > 0) for t, count in service.lane.ready), gone)
    counts: dict[str, int] = {}
    levels = []
    for fact in service.programmed:
        counts[str(fact.data.get("node"))] = int(fact.data.get("ready") or 0)
        levels.append((fact.t, any(counts.values())))
    return spans_of(levels, gone)


def _ready(story: Story, chosen: Selection) -> list[ObjectSpans]:
    if chosen.kind == "Pod":
        return _of_pods(lambda pod: pod.lane.ready)(story, chosen)
    if chosen.kind == "Service":
        return _services(story, chosen)
    holds = (lambda item: _is_true(item, READY)) if chosen.kind == "Node" else workload_ready
    return _of_objects(holds)(story, chosen)


def _ended(holds: Callable[[Pod], bool], condition: str) -> Find:
    def find(story: Story, chosen: Selection) -> list[ObjectSpans]:
        if chosen.kind == "Pod":
            return _of_pods(_pod_states(holds))(story, chosen)
        return _of_objects(lambda item: _is_true(item, condition))(story, chosen)

    return find


FINDERS: dict[str, Find] = {
    "exists": _exists,
    "gone": _gone,
    "scheduled": _of_pods(_scheduled),
    "initialized": _of_pods(_pod_states(lambda pod: _is_true(pod, INITIALIZED))),
    "started": _of_pods(_started),
    "running": _of_pods(_pod_states(lambda pod: pod.status.phase == "Running")),
    "ready": _ready,
    "available": _of_objects(workload_available),
    "rolledOut": _of_objects(is_rolled_out, last_change),
    "reachable": _services,
    "complete": _ended(has_succeeded, "Complete"),
    "failed": _ended(has_failed, "Failed"),
}
"""Word -> the objects selected, and when it held. The words are those of `read_expect.WORDS`."""


# ---- predicates


def with_state(glob: str, container: str) -> Find:
    """When a container waited or had terminated with that reason (`CrashLoopBackOff`, `OOMKilled`), or ran (`Running`).

    An exit that no status shows, because the container was restarted at once, counts as a span of no length.
    """

    def holds(pod: Pod) -> bool:
        return any(glob_matches(word, glob) for word in _words(pod, container))

    def spans(pod: PodStory) -> list[Span]:
        states = _pod_states(holds)(pod)
        ends = [
            Span(fact.t, fact.t)
            for fact in pod.facts
            if fact.what == "container.exited"
            and glob_matches(str(fact.data.get("reason", "")), glob)
            and glob_matches(str(fact.data.get("container", "")), container or "*")
        ]
        return sorted([*states, *ends], key=lambda span: span.begin)

    return _of_pods(spans)


def _words(pod: Pod, container: str) -> list[str]:
    """The state of each container: the reason why it waits or terminated, or `Running`."""
    return [_word(status) for status in all_statuses(pod) if glob_matches(status.name, container or "*")]


def _word(status: ContainerStatus) -> str:
    state = status.state
    if state.terminated is not None:
        return state.terminated.reason
    if state.waiting is not None:
        return state.waiting.reason
    return "Running" if state.running is not None else ""


def with_status(glob: str, story: Story) -> Find:
    """When kubectl's STATUS column showed that: `Init:0/1`, `Terminating`."""
    view = View(story.snapshot)
    return _of_pods(_pod_states(lambda pod: glob_matches(summary(pod, view).status, glob)))


def with_phase(glob: str, kind: str) -> Find:
    """When the phase was that; of a workload, the phase of its pods."""
    if kind in PODS:
        return _of_pods(_pod_states(lambda pod: glob_matches(pod.status.phase, glob)))
    return _of_objects(lambda item: glob_matches(str(getattr(getattr(item, "status", None), "phase", "") or ""), glob))


def with_condition(text: str, kind: str) -> Find:
    """When a condition had that status: `Progressing=False`; `Available` means True."""
    kind, _, status = text.partition("=")

    def holds(item: Object) -> bool:
        return _is_true(item, kind, status or "True")

    return _of_pods(_pod_states(holds)) if kind == "Pod" else _of_objects(holds)
