"""Reads metrics off a run: of each workload or Service, of those that a selection names, or the worst of them as one number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from simulator.journal.snapshot import Snapshot
from simulator.metrics.selection import EVERYTHING, Selection, check, selection
from simulator.metrics.story import PodStory, Story
from simulator.metrics.table import Metric, metric, values_of
from simulator.objects.kinds import Key


class Reading(NamedTuple):
    """A number: the metric's name and unit, whom it is of (`key` None: the run; `container`: a glob), its value (None: not so far)."""

    metric: str
    unit: str
    key: Key | None
    container: str
    value: float | None

    @property
    def subject(self) -> str:
        """Whom it is of, as one writes it: `deployment/web:server`."""
        if self.key is None:
            return "run"
        return f"{self.key}:{self.container}" if self.container else str(self.key)


def readings(story: Story, wanted: Metric, chosen: Selection = EVERYTHING) -> list[Reading]:
    """A reading for each workload, pod or Service of the selection; none of those of which there is nothing to tell."""
    found = []
    for key, values in _values(story, wanted, chosen):
        if values:
            value = worst(values) if wanted.combine == "worst" else _sum(values)
            found.append(Reading(wanted.name, wanted.unit, key, chosen.container, value))
    return found


def worst(values: Iterable[float | None]) -> float | None:
    """The largest value; None (what has not come to pass) is worse than any. Nothing at all: None."""
    found = list(values)
    return None if not found or None in found else max(value for value in found if value is not None)


def measure(snapshot: Snapshot | Story, name: str, about: str = "") -> float | None:
    """One number: the worst over all that `about` selects (`deployment/web`; empty: over all workloads or Services).

    In seconds or as a count; None when it has not come to pass within the run, or when there is nothing to tell.
    Raises UsageError for an unknown metric, or when `about` selects nothing; says what there is.
    """
    story = snapshot if isinstance(snapshot, Story) else Story(snapshot)
    chosen = selection(about)
    if about:
        check(chosen, story)
    return worst(reading.value for reading in readings(story, metric(name), chosen))


def measure_all(snapshot: Snapshot, names: Sequence[str], about: str = "") -> list[Reading]:
    """All readings of several metrics, in their order. Raises UsageError as `measure` does."""
    story, chosen = Story(snapshot), selection(about)
    wanted = [metric(name) for name in names]
    if about:
        check(chosen, story)
    return [reading for row in wanted for reading in readings(story, row, chosen)]


def _values(story: Story, wanted: Metric, chosen: Selection) -> list[tuple[Key | None, list[float | None]]]:
    if wanted.about == "run":
        return [(None, values_of(wanted, story))]
    if wanted.about == "Service":
        return [(service.key, values_of(wanted, service)) for service in chosen.services(story)]
    if wanted.about == "workload":
        return [(workload.key, values_of(wanted, workload)) for workload in chosen.workloads(story)]
    grouped: dict[Key, list[float | None]] = {}
    for pod in chosen.pods(story):
        grouped.setdefault(_group(pod, chosen), []).extend(values_of(wanted, pod, chosen.container))
    return list(grouped.items())


def _group(pod: PodStory, chosen: Selection) -> Key:
    """Of whom a pod's number is told: of itself, when pods were asked for, else of its workload."""
    return pod.key if chosen.grain == "Pod" else pod.workload


def _sum(values: Iterable[float | None]) -> float:
    return sum(value for value in values if value is not None)
