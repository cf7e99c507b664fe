"""A rollout as a picture: pods of each revision, terminating and available pods, endpoints of its Services, and the strategy's bounds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from simulator.controllers.rounding import scaled
from simulator.errors import UsageError
from simulator.journal.snapshot import Snapshot
from simulator.metrics.timeline import service_lanes, timeline
from simulator.objects.apps import Deployment, ReplicaSet
from simulator.objects.kinds import Key
from simulator.objects.selectors import matches_all
from simulator.objects.service import Service
from simulator.units import SECOND, short_duration
from simulator.views.legend import FAILED, LEGEND, READY, THEMES
from simulator.views.picture import ink, new_figure, save, theme
from simulator.views.timeline.text import quiet_end

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

REVISIONS = (("#56B4E9", ""), ("#E69F00", "////"), ("#CC79A7", "...."), ("#0072B2", "\\\\\\\\"), ("#F0E442", "xxxx"))
"""Colours of Okabe and Ito with a pattern each, one pair for each revision."""
Steps = list[tuple[int, int]]


def draw_rollout(
    snapshot: Snapshot, file: str | Path, name: str, namespace: str, *, since: int = 0, until: int | None = None, look: str = "light"
) -> None:
    """Draw a Deployment's rollouts up to the snapshot's instant into a file. Raises UsageError when there is no such Deployment."""
    with theme(look):
        save(rollout_figure(snapshot, name, namespace, since=since, until=until, look=look), file)


def rollout_figure(
    snapshot: Snapshot, name: str, namespace: str, *, since: int = 0, until: int | None = None, look: str = "light"
) -> Figure:
    """The picture; call it within `picture.theme`. By default its axis ends soon after the last change of what it shows."""
    key = Key("Deployment", namespace, name)
    states = [(write.t, write.item) for write in snapshot.writes(key) if isinstance(write.item, Deployment)]
    if not states:
        raise UsageError(f"no deployment {name!r} in namespace {namespace}")
    owner = states[-1][1]
    sets, leaving, endpoints = revisions(snapshot, owner), terminating(snapshot, owner), _endpoints(snapshot, owner)
    available = [(t, item.status.available_replicas or 0) for t, item in states]
    changes = [_changes(steps) for steps in (*(steps for _, steps in (*sets, *endpoints)), leaving, available)]
    settled = max(t for each in changes for t, _ in each)
    end = quiet_end(settled, snapshot.t) if until is None else min(until, snapshot.t)
    colors = {sign: entry.colors[THEMES[look]] for sign, entry in LEGEND.items()}
    figure = new_figure(figsize=(9.5, 4.6), layout="constrained")
    from matplotlib.ticker import MaxNLocator

    axes = figure.add_subplot()
    _pods(axes, [*((f"pods of {name}", steps) for name, steps in sets), ("terminating pods", leaving)], end)
    _line(axes, available, end, color=colors[READY], label="available", width=2.6)
    for service, steps in endpoints:
        _line(axes, steps, end, color=ink(), label=f"endpoints of {service}", width=1.4, style=":")
    _bounds(axes, states, end, colors[FAILED])
    _actions(axes, snapshot, since, end)
    axes.set_xlim(since / SECOND, end / SECOND)
    axes.set_ylim(0, 1.08 * axes.get_ylim()[1])
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


def terminating(snapshot: Snapshot, owner: Deployment) -> Steps:
    """How many pods of a Deployment were being deleted, at each change."""
    sets = {f"ReplicaSet/{name}" for name, _ in revisions(snapshot, owner)}
    pods = (pod for pod in timeline(snapshot, owner.metadata.namespace).pods if pod.workload in sets and pod.deleted is not None)
    edges = [edge for pod in pods for edge in ((pod.deleted or 0, 1), (snapshot.t + 1 if pod.life.end is None else pod.life.end, -1))]
    steps, count = [(0, 0)], 0
    for t, change in sorted(edges):
        count += change
        steps.append((t, count))
    return [step for step in steps if step[0] <= snapshot.t]


def _changes(steps: Steps) -> Steps:
    """The first step, and those whose count differs from the one before."""
    return [step for i, step in enumerate(steps) if i == 0 or steps[i - 1][1] != step[1]]


def _pods(axes: Axes, layers: list[tuple[str, Steps]], end: int) -> None:
    """Pods, stacked: those of each revision, and on top of them those that are being deleted."""
    instants = sorted({t for _, steps in layers for t, _ in steps} | {end})
    below = [0] * len(instants)
    for i, (label, steps) in enumerate(layers):
        above = [count + _at(steps, t) for count, t in zip(below, instants, strict=True)]
        color, hatch = REVISIONS[i % len(REVISIONS)] if i < len(layers) - 1 else ("none", "")
        edge = ink() if color == "none" else axes.get_facecolor()
        axes.fill_between(
            [t / SECOND for t in instants],
            below,
            above,
            step="post",
            label=label,
            facecolor=color,
            hatch=hatch,
            edgecolor=edge,
            linewidth=0.8,
            zorder=2,
        )
        below = above


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


def _bounds(axes: Axes, states: list[tuple[int, Deployment]], end: int, color: str) -> None:
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
    _line(axes, most, end, color=color, label="replicas + maxSurge", width=1.2, style="--")
    _line(axes, least, end, color=color, label="replicas - maxUnavailable", width=1.2, style="-.")


def _actions(axes: Axes, snapshot: Snapshot, since: int, end: int) -> None:
    for fact in snapshot.facts("action"):
        if since <= fact.t <= end:
            axes.axvline(fact.t / SECOND, color=ink(), linewidth=0.8, linestyle=":", zorder=3)
            text = f" {fact.data.get('verb')} at {short_duration(fact.t)}"
            axes.text(fact.t / SECOND, 0.99, text, transform=axes.get_xaxis_transform(), va="top", fontsize=8.5, color=ink())
