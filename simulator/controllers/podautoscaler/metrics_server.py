"""metrics-server: it looks at the nodes every 15 seconds, and answers with what containers used between its last two looks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import NamedTuple, Protocol

from simulator.api import ApiError
from simulator.api.metrics import CPU, MEMORY, Sample
from simulator.controllers.podautoscaler.usage import MetricsSpec, UsageRule, ValueRule, holds
from simulator.engine import Engine, Order, Process
from simulator.journal.records import Cause, Fact
from simulator.journal.store import Store
from simulator.objects.globs import glob_matches
from simulator.objects.kinds import Key, key_of
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import is_ready
from simulator.objects.quantities import milli
from simulator.units import MILLISECOND, SECOND, parse_time

SERVICE = Key("APIService", "", "v1beta1.metrics.k8s.io")
SCRAPE = Cause(0, "metrics-server")
FRESH = 10 * SECOND
"""A container that has run for so long at a look is measured from its start, if there was no look before."""
UNLIMITED = 10**18
IDLE_CPU, IDLE_MEMORY = 1 * MILLISECOND, 20 << 20
"""What a container uses of which nothing is known: 1m and 20Mi."""
NOT_FOUND = "the server could not find the requested resource"
ERRORS = {
    400: ("BadRequest", "the server rejected our request for an unknown reason"),
    401: ("Unauthorized", "the server has asked for the client to provide credentials"),
    403: ("Forbidden", "forbidden"),
    404: ("NotFound", NOT_FOUND),
    429: ("TooManyRequests", "the server has received too many requests and has asked us to try again later"),
    503: ("ServiceUnavailable", "the server is currently unable to handle the request"),
    504: ("Timeout", "the server was unable to return a response in the time allotted, but may still be processing the request"),
}
"""What a client says about an answer without a Status (client-go, NewGenericServerResponse)."""
PODS = "get pods.metrics.k8s.io"


class Reading(NamedTuple):
    """What a running container has used until an instant: CPU in core-nanoseconds since its start, memory in bytes. None: unknown.

    `rate`: its CPU at that instant, in nanocores.
    """

    started: int
    cpu: int | None = None
    memory: int | None = None
    rate: int | None = None


class Meter(Protocol):
    """Reads the containers of the nodes."""

    def readings(self, pod: Pod, t: int) -> dict[str, Reading]:
        """The containers of a pod that run now and ran at `t`."""

    def unknown(self, pod: Pod, container: str, resource: str) -> None:
        """Record that a container's use is assumed."""

    def no_metric(self, metric: str) -> None:
        """Record that a metric from elsewhere is not described."""


class MetricsServer:
    """The metrics APIs of a cluster. `spec` None: the Scenario does not describe them."""

    def __init__(self, engine: Engine, spec: MetricsSpec, meter: Meter) -> None:
        self._engine = engine
        self._spec = spec
        self._meter = meter
        self._phase = engine.streams.uniform(0, spec.resolution, "metrics-server")
        self._seen: dict[Key, object] = {}

    def start(self, store: Store) -> None:
        """Record what is seen at each look, as far as it is new, for those who look back at the run."""
        if self._spec.server:
            store.journal.append(Fact(self._engine.now, "metrics.server", SERVICE, {}, SCRAPE))
            self._engine.start(self._look(store))

    def _look(self, store: Store) -> Process[None]:
        while True:
            due = (self._last_look() or self._phase - self._spec.resolution) + self._spec.resolution
            yield self._engine.sleep(due - self._engine.now, Order.OBSERVE)
            for namespace, pods in groupby(
                sorted(store.typed(Pod), key=lambda pod: pod.metadata.namespace), lambda pod: pod.metadata.namespace
            ):
                self._record(store, namespace, list(pods))

    def _record(self, store: Store, namespace: str, pods: list[Pod]) -> None:
        try:
            samples = self._samples(pods)
        except ApiError:  # the API fails now, and so has nothing to show
            samples = {}
        for pod in pods:
            sample = samples.get(pod.metadata.name)
            used = {} if sample is None else {name: [use[CPU], use[MEMORY]] for name, use in sample.containers.items()}
            if used != self._seen.get(key_of(pod), {}):
                self._seen[key_of(pod)] = used
                store.journal.append(Fact(self._engine.now, "metrics", key_of(pod), {"containers": used}, SCRAPE))

    # ---- metrics.k8s.io

    def pods(self, pods: Sequence[Pod]) -> dict[str, Sample]:
        """The samples of these pods of one namespace, by name. What is assumed of them is recorded. Raises ApiError."""
        samples = self._samples(pods)
        for pod in pods if not self._spec.usage else ():
            for container in samples[pod.metadata.name].containers if pod.metadata.name in samples else ():
                reading = self._meter.readings(pod, self._engine.now).get(container, Reading(0))
                for resource, known in ((CPU, reading.cpu), (MEMORY, reading.memory)):
                    if known is None:
                        self._meter.unknown(pod, container, resource)
        return samples

    def _samples(self, pods: Sequence[Pod]) -> dict[str, Sample]:
        if not self._spec.server:
            raise ApiError("NotFound", f"{NOT_FOUND} ({PODS})")
        self._fail()
        ordered = sorted(pods, key=lambda pod: pod.metadata.name)
        sample = self._described(ordered) if self._spec.usage else self._measured
        samples = ((pod.metadata.name, sample(pod)) for pod in ordered)
        return {name: one for name, one in samples if one is not None}

    def _fail(self) -> None:
        rule = next((rule for rule in reversed(self._spec.fail) if holds(rule, self._engine.now)), None)
        if rule is not None:
            unknown = ("InternalError", 'an error on the server ("unknown") has prevented the request from succeeding')
            reason, message = ERRORS.get(rule.status, unknown)
            raise ApiError(reason, f"{message} ({PODS})")

    def _measured(self, pod: Pod) -> Sample | None:
        """What the last two looks saw of a pod; None: one of its containers was not seen twice."""
        last = self._last_look()
        if last is None:
            return None
        before, used, window = last - self._spec.resolution, {}, self._spec.resolution
        earlier = self._meter.readings(pod, before) if before >= 0 else {}
        for name, now in self._meter.readings(pod, last).items():
            then = earlier.get(name)
            if (then is None or then.started != now.started) and last - now.started < FRESH:
                return None
            since = before if then is not None and then.started == now.started else now.started
            window = last - since
            used[name] = self._use(pod, name, now, 0 if then is None or then.cpu is None or since != before else then.cpu, window)
        return Sample(self._engine.wall - self._engine.now + last, window, used) if used else None

    def _last_look(self) -> int | None:
        resolution = self._spec.resolution
        looks = (self._engine.now - self._phase) // resolution
        return None if looks < 0 else self._phase + looks * resolution

    def _use(self, pod: Pod, container: str, reading: Reading, before: int, window: int) -> dict[str, int]:
        cpu = IDLE_CPU if reading.cpu is None else min((reading.cpu - before) * SECOND // window, _limit(pod, container))
        memory = IDLE_MEMORY if reading.memory is None else reading.memory
        return {CPU: cpu, MEMORY: memory}

    # ---- what the Scenario describes

    def _described(self, pods: Sequence[Pod]) -> Callable[[Pod], Sample | None]:
        """How to find the sample of each of these pods, which are in order of their names."""
        ordinals = {pod.metadata.name: index for index, pod in enumerate(pods)}
        now, wall = self._engine.now, self._engine.wall
        rules = [rule for rule in reversed(self._spec.usage) if holds(rule, now)]

        def sample(pod: Pod) -> Sample | None:
            start = pod.status.start_time
            if not start or wall < parse_time(start) + self._spec.delay:
                return None
            used = {}
            for container in pod.spec.containers:
                rule = next((rule for rule in rules if _fits(rule, pod, container.name, ordinals[pod.metadata.name])), None)
                if rule is not None and rule.missing:
                    return None
                used[container.name] = self._rule_use(rule, pod, container.name, pods)
            return Sample(wall, self._spec.resolution, used)

        return sample

    def _rule_use(self, rule: UsageRule | None, pod: Pod, container: str, pods: Sequence[Pod]) -> dict[str, int]:
        if rule is None:
            reading = self._meter.readings(pod, self._engine.now).get(container, Reading(0))
            return {
                CPU: IDLE_CPU if reading.rate is None else min(reading.rate, _limit(pod, container)),
                MEMORY: reading.memory or IDLE_MEMORY,
            }
        cpu = IDLE_CPU if rule.cpu is None else rule.cpu
        if rule.cpu_total is not None:
            ready = sum(is_ready(one) and glob_matches(one.metadata.name, rule.pod) for one in pods)
            cpu = rule.cpu_total // max(1, ready)
        return {CPU: cpu, MEMORY: IDLE_MEMORY if rule.memory is None else rule.memory}

    # ---- custom.metrics.k8s.io and external.metrics.k8s.io

    def pod_values(self, metric: str, pods: Sequence[Pod]) -> dict[str, int]:
        """A custom metric of pods, by pod, in thousandths. Raises ApiError."""
        rules = self._values(metric)
        if not any(rule.pod for rule in self._spec.values if rule.metric == metric):
            self._meter.no_metric(metric)
            raise ApiError(
                "NotFound", "unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered"
            )
        values = {}
        for pod in pods:
            rule = next((rule for rule in rules if rule.pod and glob_matches(pod.metadata.name, rule.pod)), None)
            if rule is not None:
                values[pod.metadata.name] = rule.value
        if not values:
            raise ApiError("NotFound", "no metrics returned from custom metrics API")
        return values

    def object_value(self, metric: str, described: str) -> int:
        """A custom metric of an object, in thousandths. Raises ApiError."""
        rule = next((rule for rule in self._values(metric) if rule.described == described), None)
        if rule is None:
            self._meter.no_metric(metric)
            raise ApiError(
                "NotFound", "unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered"
            )
        return rule.value

    def external_value(self, metric: str) -> int:
        """An external metric, in thousandths. Raises ApiError."""
        rule = next((rule for rule in self._values(metric) if not rule.pod and not rule.described), None)
        if rule is None:
            self._meter.no_metric(metric)
            raise ApiError("NotFound", f"{NOT_FOUND} (get {metric}.external.metrics.k8s.io)")
        return rule.value

    def _values(self, metric: str) -> list[ValueRule]:
        """The rules for a metric that hold now, the decisive one first."""
        return [rule for rule in reversed(self._spec.values) if rule.metric == metric and holds(rule, self._engine.now)]


def _limit(pod: Pod, container: str) -> int:
    """The CPU at which a container is throttled, in nanocores."""
    limits = [one.resources.limits.get(CPU) for one in (*pod.spec.containers, *pod.spec.init_containers) if one.name == container]
    return milli(limits[0]) * MILLISECOND if limits and limits[0] is not None else UNLIMITED


def _fits(rule: UsageRule, pod: Pod, container: str, ordinal: int) -> bool:
    return (
        glob_matches(pod.metadata.name, rule.pod)
        and glob_matches(container, rule.container)
        and (rule.ordinal is None or rule.ordinal == ordinal)
    )
