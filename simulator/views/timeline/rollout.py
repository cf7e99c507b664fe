"""A rollout as a picture: pods of each revision, available pods, endpoints of its Services, within the bounds of the strategy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from simulator.controllers.rounding import scaled
from simulator.errors import UsageError
from simulator.journal.snapshot import Snapshot
from simulator.metrics.timeline import service_lanes
from simulator.objects.apps import Deployment, ReplicaSet
from simulator.objects.kinds import Key
from simulator.objects.selectors import matches_all
from simulator.objects.service import Service
from simulator.units import SECOND, short_duration
from simulator.views.picture import ink, new_figure, save, theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

REVISIONS = ("#0072B2", "#E69F00", "#CC79A7", "#56B4E9", "#F0E442")
"""Okabe and Ito's colours, one for each revision."""
AVAILABLE, BOUND = "#009E73", "#D55E00"
Steps = list[tuple[int, int]]


def draw_rollout(
    snapshot: Snapshot, file: str | Path, name: str, namespace: str, *, since: int = 0, until: int | None = None, look: str = "light"
) -> None:
    """Draw a Deployment's rollouts up to the snapshot's instant into a file. Raises UsageError when there is no such Deployment."""
    with theme(look):
        save(rollout_figure(snapshot, name, namespace, since=since, until=until), file)


def rollout_figure(snapshot: Snapshot, name: str, namespace: str, *, since: int = 0, until: int | None = None) -> Figure:
    """The picture; call it within `picture.theme`."""
    key = Key("Deployment", namespace, name)
    states = [(write.t, write.item) for write in snapshot.writes(key) if isinstance(write.item, Deployment)]
    if not states:
        raise UsageError(f"no deployment {name!r} in namespace {namespace}")
    end = snapshot.t if until is None else min(until, snapshot.t)
    figure = new_figure(figsize=(9.5, 4.6), layout="constrained")
    from matplotlib.ticker import MaxNLocator

    axes = figure.add_subplot()
    _pods(axes, snapshot, states[-1][1], end)
    _line(axes, [(t, item.status.available_replicas or 0) for t, item in states], end, color=AVAILABLE, label="available", width=2.6)
    for service, steps in _endpoints(snapshot, states[-1][1]):
        _line(axes, steps, end, color=ink(), label=f"endpoints of {service}", width=1.4, style=":")
    _bounds(axes, states, end)
    _actions(axes, snapshot, since, end)
    axes.set_xlim(since / SECOND, end / SECOND)
    axes.set_ylim(0, None)
    axes.set_xlabel("seconds since the manifests were applied")
    axes.set_ylabel("pods")
    axes.set_title(f"deployment/{name}", loc="left", fontweight="bold")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(axis="y", zorder=0)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    figure.legend(loc="outside lower center", ncols=4, frameon=False, fontsize=9)
    return figure


def revisions(snapshot: Snapshot, owner: Deployment) -> list[tuple[str, Steps]]:
    """The ReplicaSets of a Deployment in order of creation: name, and its number of pods at each change."""
    sets: dict[str, Steps] = {}
    for write in snapshot.writes():
        item = write.item
        if isinstance(item, ReplicaSet) and any(ref.uid == owner.metadata.uid for ref in item.metadata.owner_references):
            sets.setdefault(item.metadata.name, []).append((write.t, 0 if write.type == "DELETED" else item.status.replicas or 0))
    return list(sets.items())


def _pods(axes: Axes, snapshot: Snapshot, owner: Deployment, end: int) -> None:
    """The pods of each revision, stacked."""
    sets = revisions(snapshot, owner)
    instants = sorted({t for _, steps in sets for t, _ in steps} | {end})
    rows = [[_at(steps, t) for t in instants] for _, steps in sets]
    labels = [f"pods of {name}" for name, _ in sets]
    if rows:
        axes.stackplot([t / SECOND for t in instants], *rows, labels=labels, colors=REVISIONS, step="post", alpha=0.55, zorder=2)


def _at(steps: Steps, t: int) -> int:
    return next((count for since, count in reversed(steps) if since <= t), 0)


def _line(axes: Axes, steps: Steps, end: int, *, color: str, label: str, width: float, style: str = "-") -> None:
    points = [*((t, count) for t, count in steps if t <= end), (end, _at(steps, end))]
    xs, ys = [t / SECOND for t, _ in points], [count for _, count in points]
    axes.step(xs, ys, where="post", color=color, label=label, linewidth=width, linestyle=style, zorder=4)


def _endpoints(snapshot: Snapshot, owner: Deployment) -> list[tuple[str, Steps]]:
    labels = owner.spec.template.metadata.labels
    result = []
    for lane in service_lanes(snapshot, owner.metadata.namespace):
        service = snapshot.writes(lane.key)[-1].item
        if isinstance(service, Service) and service.spec.selector and matches_all(service.spec.selector, labels):
            result.append((lane.key.name, list(lane.ready)))
    return result


def _bounds(axes: Axes, states: list[tuple[int, Deployment]], end: int) -> None:
    """The bounds of the strategy: the most pods, the fewest available pods."""
    most: Steps = []
    least: Steps = []
    for t, item in states:
        rolling = item.spec.strategy.rolling_update if item.spec.strategy else None
        replicas = item.spec.replicas or 0
        surge = scaled(rolling.max_surge if rolling else 0, replicas, up=True)
        missing = scaled(rolling.max_unavailable if rolling else 0, replicas, up=False)
        missing = missing or (0 if surge else 1)
        most.append((t, replicas + surge))
        least.append((t, replicas - missing))
    _line(axes, most, end, color=BOUND, label="at most", width=1.0, style="--")
    _line(axes, least, end, color=BOUND, label="at least available", width=1.0, style="-.")


def _actions(axes: Axes, snapshot: Snapshot, since: int, end: int) -> None:
    for fact in snapshot.facts("action"):
        if since <= fact.t <= end:
            axes.axvline(fact.t / SECOND, color=ink(), linewidth=0.8, linestyle=":", zorder=3)
            text = f" {fact.data.get('verb')} at {short_duration(fact.t)}"
            axes.text(fact.t / SECOND, 0.99, text, transform=axes.get_xaxis_transform(), va="top", fontsize=8.5, color=ink())
