"""Which objects a metric is measured on: `deployment/web`, `pod/app-*`, `deployment/web:server`, `shop/service/web`; empty: all."""

from __future__ import annotations

import re
from typing import NamedTuple

from simulator.errors import UsageError
from simulator.metrics.story import PodStory, ServiceStory, Story, WorkloadStory
from simulator.objects.globs import glob_matches
from simulator.objects.kinds import Key, kind_for_word

_FORM = re.compile(r"(?:(?P<namespace>[^/:]+)/)?(?P<kind>[A-Za-z.]+)/(?P<name>[^/:]+)(?::(?P<container>.+))?")
MOST_NAMED = 12


class Selection(NamedTuple):
    """Objects by kind, name, namespace and container, the last three as globs; empty: any. Without a kind: all workloads and Services."""

    kind: str = ""
    name: str = ""
    namespace: str = ""
    container: str = ""

    @property
    def grain(self) -> str:
        """What a number is reported for: each `Pod`, each `Service`, or else each workload."""
        return self.kind if self.kind in ("Pod", "Service") else "workload"

    def fits(self, key: Key) -> bool:
        """Whether an object is selected."""
        pairs = (self.kind, key.kind), (self.name, key.name), (self.namespace, key.namespace)
        return all(glob_matches(value, glob) for glob, value in pairs if glob)

    def pods(self, story: Story) -> list[PodStory]:
        """The selected pods: by their own names, those of a workload or of one of its ReplicaSets, or those that a Service selects."""
        if self.kind == "Service":
            keys = {pod.key for service in story.services if self.fits(service.key) for pod in story.selected_by(service)}
            return [pod for pod in story.pods if pod.key in keys]
        return [pod for pod in story.pods if any(self.fits(key) for key in _keys(pod))]

    def services(self, story: Story) -> list[ServiceStory]:
        """The selected Services: by their own names, or those that lead to selected pods."""
        if self.kind in ("", "Service"):
            return [service for service in story.services if self.fits(service.key)]
        keys = {pod.key for pod in self.pods(story)}
        return [service for service in story.services if any(pod.key in keys for pod in story.selected_by(service))]

    def workloads(self, story: Story) -> list[WorkloadStory]:
        """The selected workloads: by their own names, or those of selected pods."""
        owners = {pod.workload for pod in self.pods(story)} if self.kind else set()
        return [workload for workload in story.workloads if workload.key in owners or self.fits(workload.key)]

    def __str__(self) -> str:
        place = f"{self.namespace}/" if self.namespace else ""
        return f"{place}{self.kind.lower()}/{self.name}{':' if self.container else ''}{self.container}" if self.kind else "all"


EVERYTHING = Selection()


def selection(text: str) -> Selection:
    """What `[namespace/]kind/name[:container]` means; kinds in kubectl's words, globs in names. Empty: everything. Raises UsageError."""
    if not text:
        return EVERYTHING
    form = _FORM.fullmatch(text)
    if form is None:
        raise UsageError(f"{text!r} is not an object: write deployment/web, pod/app-*, deployment/web:server or shop/service/web")
    kind = kind_for_word(form["kind"])
    if kind is None:
        raise UsageError(f"{text}: unknown kind {form['kind']!r}")
    return Selection(kind.name, form["name"], form["namespace"] or "", form["container"] or "")


def check(chosen: Selection, story: Story) -> None:
    """Raises UsageError, with a list of what exists, when the selection matches nothing in the run."""
    pods = chosen.pods(story)
    if chosen.container and pods and not any(pod.containers(chosen.container) for pod in pods):
        names = dict.fromkeys(lane.name for pod in pods for lane in pod.lane.containers)
        raise UsageError(f"{chosen}: no such container; available: {', '.join(names)}")
    if pods or chosen.services(story) or chosen.workloads(story):
        return
    there = [str(key) for key in (*(workload.key for workload in story.workloads), *(service.key for service in story.services))]
    more = f" and {len(there) - MOST_NAMED} more" if len(there) > MOST_NAMED else ""
    raise UsageError(f"{chosen}: not in this run; available: {', '.join(there[:MOST_NAMED]) or 'none'}{more}")


def _keys(pod: PodStory) -> list[Key]:
    """The keys of a pod, its controller, and its topmost controller."""
    kind, _, name = pod.lane.workload.partition("/")
    owner = [Key(kind, pod.key.namespace, name)] if name else []
    return [pod.key, *owner, pod.workload]
