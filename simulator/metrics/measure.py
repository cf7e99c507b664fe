"""Measures a run: each workload or Service, those that a selection names, or the worst of them as one number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from simulator.journal.snapshot import Snapshot
from simulator.metrics.selection import EVERYTHING, Selection, check, selection
from simulator.metrics.story import PodStory, Story
from simulator.metrics.table import Metric, metric, values_of
from simulator.objects.kinds import Key


class Reading(NamedTuple):
    """One measured value with its metric's name and unit.

    `key` is the object it was measured on (None: the whole run), `container` a glob; `value` is None when it has not happened by then.
    """

    metric: str
    unit: str
    key: Key | None
    container: str
    value: float | None

    @property
    def subject(self) -> str:
        """The object it was measured on, as users write it: `deployment/web:server`."""
        if self.key is None:
            return "run"
        return f"{self.key}:{self.container}" if self.container else str(self.key)


def readings(story: Story, row: Metric, chosen: Selection = EVERYTHING) -> list[Reading]:
    """A reading for each workload, pod or Service of the selection; none for those that the metric does not apply to."""
    result = []
    for key, values in _values(story, row, chosen):
        if values:
            value = worst(values) if row.combine == "worst" else _sum(values)
            result.append(Reading(row.name, row.unit, key, chosen.container, value))
    return result


def worst(values: Iterable[float | None]) -> float | None:
    """The largest value; None (has not happened) is worse than any number. No values at all: None."""
    numbers = list(values)
    return None if not numbers or None in numbers else max(value for value in numbers if value is not None)


def measure(snapshot: Snapshot | Story, name: str, about: str = "") -> float | None:
    """One number: the worst over all that `about` selects (`deployment/web`; empty: over all workloads or Services).

    In seconds or as a count; None when it has not happened within the run, or when there is nothing to measure.
    Raises UsageError for an unknown metric, or when `about` selects nothing; the message lists what exists.
    """
    story = snapshot if isinstance(snapshot, Story) else Story(snapshot)
    chosen = selection(about)
    if about:
        check(chosen, story)
    return worst(reading.value for reading in readings(story, metric(name), chosen))


def measure_all(snapshot: Snapshot, names: Sequence[str], about: str = "") -> list[Reading]:
    """All readings of several metrics, in their order. Raises UsageError as `measure` does."""
    story, chosen = Story(snapshot), selection(about)
    metrics = [metric(name) for name in names]
    if about:
        check(chosen, story)
    return [reading for row in metrics for reading in readings(story, row, chosen)]


def _values(story: Story, row: Metric, chosen: Selection) -> list[tuple[Key | None, list[float | None]]]:
    if row.about == "run":
        return [(None, values_of(row, story))]
    if row.about == "Service":
        return [(service.key, values_of(row, service)) for service in chosen.services(story)]
    if row.about == "workload":
        return [(workload.key, values_of(row, workload)) for workload in chosen.workloads(story)]
    grouped: dict[Key, list[float | None]] = {}
    for pod in chosen.pods(story):
        grouped.setdefault(_group(pod, chosen), []).extend(values_of(row, pod, chosen.container))
    return list(grouped.items())


def _group(pod: PodStory, chosen: Selection) -> Key:
    """The object that a pod's number is reported for: the pod itself when pods are selected, else its workload."""
    return pod.key if chosen.grain == "Pod" else pod.workload


def _sum(values: Iterable[float | None]) -> float:
    return sum(value for value in values if value is not None)
