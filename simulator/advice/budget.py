"""The arithmetic of probes: earliest and latest instants, as the kubelet's workers come to them. All times in nanoseconds.

A worker ticks each period from the moment its pod was added, not from the container's start, so that the first probe of a container comes
anywhere within a period (prober/worker.go). The initial delay counts in whole seconds from a start time whose fraction was cut off: it
may be over up to a second early. What a container does shows to workers once a relist has seen it and a sync has reported it. Each bound
is one that luck can reach; tests play programs at the bounds and beyond.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from simulator.dialect import Dialect
from simulator.kubelet.config import MINIMUM_GRACE
from simulator.kubelet.relist_times import STRAY_MAX
from simulator.objects.container import Container
from simulator.objects.handlers import LifecycleHandler
from simulator.objects.probes import Probe
from simulator.units import MILLISECOND, SECOND

PERIOD, FAILURES, SUCCESSES, TIMEOUT = 10, 3, 1, 1
"""What a probe has that says nothing (core/v1 defaults), in seconds and counts."""
SYNC = 100 * MILLISECOND
"""What a sync, the write of a status and the start of a worker's turn take together, at most."""
CONNECTS_FOR = 1 * SECOND
"""How long a gRPC probe tries to connect before it says that nobody listens."""


class Window(NamedTuple):
    """The earliest and the latest instant of something."""

    low: int
    high: int

    def shifted(self, low: int, high: int | None = None) -> Window:
        """Both ends moved, each by its own way."""
        return Window(self.low + low, self.high + (low if high is None else high))


class Numbers(NamedTuple):
    """A probe's settings with their defaults: nanoseconds and counts. `refused`: how long it takes to hear that nobody listens."""

    delay: int
    period: int
    timeout: int
    failures: int
    successes: int
    refused: int = 0

    def failing(self, first: Window, stall: int) -> Window:
        """When so many failures in a row have been heard as are needed, each after `stall`, given the instant of the first of them.

        A tick that was missed during a long probe comes at once: then one probe follows the other.
        """
        return first.shifted((self.failures - 1) * max(self.period, stall) + stall)


def numbers(probe: Probe) -> Numbers:
    """The settings of a probe."""
    timeout = (probe.timeout_seconds or TIMEOUT) * SECOND
    return Numbers(
        (probe.initial_delay_seconds or 0) * SECOND,
        (probe.period_seconds or PERIOD) * SECOND,
        timeout,
        probe.failure_threshold or FAILURES,
        probe.success_threshold or SUCCESSES,
        min(timeout, CONNECTS_FOR) if probe.grpc is not None else 0,
    )


def seen(relist_period: int, dialect: Dialect) -> Window:
    """How long after its start a container's status says that it runs, when nothing else in its pod has to be started first."""
    return Window(0, SYNC if dialect.relists_on_demand else relist_period + STRAY_MAX + SYNC)


def first_probe(probe: Numbers, visible: Window) -> Window:
    """When a probe asks first, counted from the container's start."""
    return Window(max(visible.low, probe.delay - SECOND, 0), max(visible.high, probe.delay) + probe.period)


def killed_if_silent(probe: Numbers, visible: Window) -> Window:
    """When a container that never listens is told to end, counted from its start.

    It is also what a start may take: what listens before `low` is never killed, what listens after `high` always is.
    """
    return probe.failing(first_probe(probe, visible), probe.refused)


def killed_if_mute(probe: Numbers, visible: Window) -> Window:
    """The same of one that accepts connections and never answers."""
    return probe.failing(first_probe(probe, visible), probe.timeout)


def killed_after(probe: Numbers) -> Window:
    """When a container that was healthy is told to end, counted from the instant at which it hangs: each probe runs into its time-out."""
    return probe.failing(Window(0, probe.period), probe.timeout)


def unready_after(probe: Numbers) -> Window:
    """When a container that hangs is taken out of its Services."""
    return killed_after(probe)


def ready_after(answers: int, readiness: Numbers | None, startup: Numbers | None, visible: Window) -> Window:
    """When a container is ready that answers its probes from `answers` on; both counted from its start.

    The earliest bound supposes that a readiness probe is asked to run by hand each time the status is written: that counts too.
    """
    low, high = max(answers, visible.low), max(answers, visible.high)
    if startup is not None:
        low, high = max(low, startup.delay - SECOND), max(high, startup.delay) + startup.period + SYNC
    elif readiness is None:
        # Nobody asks whether it answers: it is ready as soon as it is seen.
        return visible
    if readiness is not None:
        low, high = max(low, readiness.delay - SECOND), max(high, readiness.delay) + readiness.successes * readiness.period
    return Window(low, high + SYNC)


def reachable_after(ready: Window, updates: int, proxy_sync: int) -> Window:
    """When clients of a Service get to a pod, given when it is ready: its EndpointSlice is heard of, then kube-proxy programs it."""
    return ready.shifted(updates, updates + proxy_sync + SYNC)


class Stopping(NamedTuple):
    """What ending costs: the grace period, what preStop surely and at most takes of it, and what is left between SIGTERM and SIGKILL."""

    grace: int
    hook: Window
    left: Window

    @property
    def takes(self) -> Window:
        """From the decision until the container is gone."""
        return Window(self.hook.low, self.hook.high + self.left.high if self.hook.high else self.left.high)


def stopping(container: Container, grace: int) -> Stopping:
    """How a container ends that has `grace`: the hook runs first and counts against it in whole seconds, SIGTERM always leaves 2 s."""
    hook = container.lifecycle.pre_stop if container.lifecycle else None
    takes = hook_takes(hook, grace)
    left = Window(max(MINIMUM_GRACE, grace - takes.high), max(MINIMUM_GRACE, grace - takes.low))
    return Stopping(grace, takes, left)


def hook_takes(hook: LifecycleHandler | None, grace: int) -> Window:
    """What a preStop hook takes, at most the grace period; of a command or a request, only the sleeps in it are known."""
    if hook is None or grace == 0:
        return Window(0, 0)
    known = sleeps(hook)
    if hook.sleep is not None or known:
        return Window(min(known, grace), min(known, grace))
    return Window(0, grace)


def sleeps(hook: LifecycleHandler | None) -> int:
    """How long a hook surely sleeps: its own field, or each `sleep N` of its command."""
    if hook is None:
        return 0
    if hook.sleep is not None:
        return hook.sleep.seconds * SECOND
    words = " ".join(hook.exec.command).replace(";", " ").replace("&", " ").split() if hook.exec else []
    pairs = pairwise(words)
    return sum(int(after.rstrip("s")) * SECOND for word, after in pairs if word.endswith("sleep") and after.rstrip("s").isdigit())
