"""The arithmetic of probes: the earliest and latest time of each step, from how the kubelet's workers run. All times in nanoseconds.

A probe worker ticks once a period from the moment its pod was added, not from the container's start, so the first probe comes anywhere
within a period (prober/worker.go). The initial delay is measured in whole seconds from a start time that was rounded down: it may end up
to a second early. Workers see a container's state only after a relist has noticed it and a sync has written it to the status. Both bounds
can actually occur; the tests run programs at the bounds and beyond.
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

SYNC = 100 * MILLISECOND
"""The most that a sync, the write of a status and the start of a worker's tick take together."""
GRPC_CONNECT_TIMEOUT = 1 * SECOND
"""How long a gRPC probe tries to connect to a closed port before it fails."""


class Window(NamedTuple):
    """The earliest and the latest time of something."""

    low: int
    high: int

    def shifted(self, low: int, high: int | None = None) -> Window:
        """Both ends moved, `low` by the first and `high` by the second amount (None: by the same)."""
        return Window(self.low + low, self.high + (low if high is None else high))


class Numbers(NamedTuple):
    """A probe's timing (ns) and thresholds. `refused`: how long one attempt takes when the port is closed."""

    delay: int
    period: int
    timeout: int
    failures: int
    successes: int
    refused: int = 0

    def failing(self, first: Window, attempt: int) -> Window:
        """When the failure threshold is reached, if the first failing probe starts in `first` and each one takes `attempt`.

        A tick missed during a long probe is caught up at once: such probes follow each other directly.
        """
        return first.shifted((self.failures - 1) * max(self.period, attempt) + attempt)


def numbers(probe: Probe) -> Numbers:
    """The timing and thresholds of a probe."""
    timing = probe.timing
    return Numbers(*timing, refused=min(timing.timeout, GRPC_CONNECT_TIMEOUT) if probe.grpc is not None else 0)


def visible_after(relist_period: int, dialect: Dialect) -> Window:
    """How long after its start a container's status says that it runs, when nothing else in its pod has to be started first."""
    return Window(0, SYNC if dialect.relists_on_demand else relist_period + STRAY_MAX + SYNC)


def first_probe(probe: Numbers, visible: Window) -> Window:
    """When the first probe runs, after the container's start."""
    return Window(max(visible.low, probe.delay - SECOND, 0), max(visible.high, probe.delay) + probe.period)


def killed_if_not_listening(probe: Numbers, visible: Window) -> Window:
    """When a container that never listens gets SIGTERM, after its start.

    It is also the start-up budget: a container that listens before `low` is never killed, one that listens after `high` always is.
    """
    return probe.failing(first_probe(probe, visible), probe.refused)


def killed_if_not_answering(probe: Numbers, visible: Window) -> Window:
    """When a container that accepts connections and never answers gets SIGTERM, after its start."""
    return probe.failing(first_probe(probe, visible), probe.timeout)


def killed_after(probe: Numbers) -> Window:
    """When a healthy container that hangs gets SIGTERM, after the start of the hang: each probe times out."""
    return probe.failing(Window(0, probe.period), probe.timeout)


def unready_after(probe: Numbers) -> Window:
    """When a container that hangs is taken out of its Services, after the start of the hang."""
    return killed_after(probe)


def ready_after(answers: int, readiness: Numbers | None, startup: Numbers | None, visible: Window) -> Window:
    """When a container that answers its probes from `answers` on is ready; both after its start.

    The earliest bound assumes a readiness probe each time a status is written: the kubelet triggers one, and its result counts.
    """
    low, high = max(answers, visible.low), max(answers, visible.high)
    if startup is not None:
        low, high = max(low, startup.delay - SECOND), max(high, startup.delay) + startup.period + SYNC
    elif readiness is None:
        # No probe checks whether it answers: it is ready as soon as its status says that it runs.
        return visible
    if readiness is not None:
        low, high = max(low, readiness.delay - SECOND), max(high, readiness.delay) + readiness.successes * readiness.period
    return Window(low, high + SYNC)


def reachable_after(ready: Window, updates: int, proxy_sync: int) -> Window:
    """When clients of a Service reach a pod that becomes ready in `ready`: kube-proxy receives its EndpointSlice, then programs it."""
    return ready.shifted(updates, updates + proxy_sync + SYNC)


class Stopping(NamedTuple):
    """How a shutdown divides the grace period: the least and most that preStop uses, and what is left between SIGTERM and SIGKILL."""

    grace: int
    hook: Window
    left: Window

    @property
    def takes(self) -> Window:
        """From the decision to stop it until the container has exited."""
        return Window(self.hook.low, self.hook.high + self.left.high if self.hook.high else self.left.high)


def stopping(container: Container, grace: int) -> Stopping:
    """How a container with that grace period stops: the hook runs first and uses up whole seconds of it; SIGTERM always leaves 2 s."""
    hook = container.lifecycle.pre_stop if container.lifecycle else None
    hook_time = hook_duration(hook, grace)
    left = Window(max(MINIMUM_GRACE, grace - hook_time.high), max(MINIMUM_GRACE, grace - hook_time.low))
    return Stopping(grace, hook_time, left)


def hook_duration(hook: LifecycleHandler | None, grace: int) -> Window:
    """How long a preStop hook takes, at most the grace period; of a command, only the sleeps in it are known."""
    if hook is None or grace == 0:
        return Window(0, 0)
    sleep = sleeps(hook)
    if hook.sleep is not None or sleep:
        return Window(min(sleep, grace), min(sleep, grace))
    return Window(0, grace)


def sleeps(hook: LifecycleHandler | None) -> int:
    """How long a hook sleeps (ns): its `sleep` field, or the sum of the `sleep N` in its command."""
    if hook is None:
        return 0
    if hook.sleep is not None:
        return hook.sleep.seconds * SECOND
    words = " ".join(hook.exec.command).replace(";", " ").replace("&", " ").split() if hook.exec else []
    pairs = pairwise(words)
    return sum(int(after.rstrip("s")) * SECOND for word, after in pairs if word.endswith("sleep") and after.rstrip("s").isdigit())
