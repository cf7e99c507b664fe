"""What each metric of an autoscaler asks for, and which of them decides. Pure but for the metrics API that is read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from msgspec import convert

from simulator.api import ApiError
from simulator.api.metrics import CPU, MEMORY, MetricsApi, Sample
from simulator.controllers.podautoscaler import arithmetic
from simulator.controllers.podautoscaler.arithmetic import Counted, Proposal, Tolerance, Unknown
from simulator.controllers.podautoscaler.spec import Metric
from simulator.dialect import Dialect
from simulator.objects.base import JSON
from simulator.objects.container import Container
from simulator.objects.meta import LabelSelector
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import is_sidecar
from simulator.objects.quantities import canonical, milli
from simulator.objects.selector_text import go_selector
from simulator.units import MILLISECOND

RESOURCES = {"Resource": "FailedGetResourceMetric", "ContainerResource": "FailedGetContainerResourceMetric"}
NOTHING: JSON = {"type": ""}
"""The status of a metric that is unknown."""


class Target(NamedTuple):
    """What an autoscaler scales, as its scale subresource shows it, with its pods; `tolerance` is that of the autoscaler."""

    namespace: str
    replicas: int
    present: int
    pods: Sequence[Pod]
    tolerance: Tolerance


class Answer(NamedTuple):
    """What one metric asks for. `name`: the metric in words; `status`: its entry in `status.currentMetrics`."""

    replicas: int
    name: str
    status: JSON


class Invalid(NamedTuple):
    """A metric without an answer: the reason and message of its event, and the error of the whole."""

    reason: str
    message: str
    error: str


class Outcome(NamedTuple):
    """What all metrics together ask for; `replicas` None: the autoscaler must not scale. `invalid`: the metrics without an answer."""

    replicas: int | None
    name: str
    statuses: list[JSON]
    invalid: list[Invalid]

    @property
    def error(self) -> str:
        """The error of the first metric without an answer."""
        return f"invalid metrics ({len(self.invalid)} invalid out of {len(self.statuses)}), first error is: {self.invalid[0].error}"


def proposed(metrics: Sequence[Metric], target: Target, api: MetricsApi, dialect: Dialect, now: int) -> Outcome:
    """The highest of all proposals. With an invalid metric, the others may raise the size and not lower it."""
    answers = [_answer(metric, target, api, dialect, now) for metric in metrics]
    statuses = [answer.status if isinstance(answer, Answer) else NOTHING for answer in answers]
    invalid = [answer for answer in answers if isinstance(answer, Invalid)]
    highest = None
    for answer in answers:
        if isinstance(answer, Answer) and (highest is None or not highest.replicas or answer.replicas > highest.replicas):
            highest = answer
    if highest is None or (invalid and highest.replicas < target.replicas):
        return Outcome(None, "", statuses, invalid)
    return Outcome(highest.replicas, highest.name, statuses, invalid)


def _answer(metric: Metric, target: Target, api: MetricsApi, dialect: Dialect, now: int) -> Answer | Invalid:
    if metric.type in RESOURCES:
        return _resource(metric, target, api, dialect, now)
    if metric.type == "Pods":
        return _pods(metric, target, api, now)
    return _single(metric, target, api)


# ---- resources


def _resource(metric: Metric, target: Target, api: MetricsApi, dialect: Dialect, now: int) -> Answer | Invalid:
    what, goal = metric.name, metric.target
    try:
        samples = _samples(api, target, what)
        values = _of_resource(samples, what, metric.container, target.namespace)
        heeded = {name: samples[name] for name in values}
        counted = Counted(arithmetic.group(target.pods, heeded, what, now), values, target.replicas, target.tolerance)
        if goal.average is not None:
            proposal, name = arithmetic.by_average(counted, goal.average), f"{what} resource"
        else:
            counted.heeded  # noqa: B018  (that no pod counts is reported before requests that are missing)
            proposal = arithmetic.by_utilization(counted, _requests(target.pods, metric), goal.utilization or 1)
            name = f"{what}{' container' * (metric.type == 'ContainerResource')} resource utilization (percentage of request)"
    except Unknown as error:
        message = f"failed to get {what} {'usage' if goal.average is not None else 'utilization'}: {error}"
        whose = f"{what} resource" if metric.type == "Resource" else f"{metric.container} container"
        return Invalid(RESOURCES[metric.type], message, f"failed to get {whose} metric value: {message}")
    current: JSON = {"averageValue": _amount(what, proposal.usage, dialect)}
    if proposal.share is not None:
        current["averageUtilization"] = proposal.share
    field = metric.type[:1].lower() + metric.type[1:]
    whose_status = {"container": metric.container} if metric.container else {}
    return Answer(proposal.replicas, name, {"type": metric.type, field: {"name": what, **whose_status, "current": current}})


def _samples(api: MetricsApi, target: Target, resource: str) -> dict[str, Sample]:
    try:
        samples = api.pods(target.pods)
    except ApiError as error:
        text = f"unable to get metrics for resource {resource}: unable to fetch metrics from resource metrics API: {error.message}"
        raise Unknown(text) from error
    if not samples:
        raise Unknown(f"unable to get metrics for resource {resource}: no metrics returned from resource metrics API")
    if not target.pods:
        raise Unknown(arithmetic.NO_PODS)
    return samples


def _of_resource(samples: dict[str, Sample], resource: str, container: str, namespace: str) -> dict[str, int]:
    """What each pod (or one container of it) uses, in thousandths."""
    values = {}
    for name, sample in samples.items():
        if container and container not in sample.containers:
            text = f"container {container} not present in metrics for pod {namespace}/{name}"
            raise Unknown(f"unable to get metrics for resource {resource}: failed to get container metrics: {text}")
        used = [sample.containers[container]] if container else list(sample.containers.values())
        if all(resource in one for one in used):
            values[name] = sum(_thousandths(resource, one[resource]) for one in used)
    return values


def _thousandths(resource: str, amount: int) -> int:
    """Nanocores rounded up to millicores; bytes as they are."""
    return -(-amount // MILLISECOND) if resource == CPU else amount * 1000


def _requests(pods: Sequence[Pod], metric: Metric) -> dict[str, int]:
    return {pod.metadata.name: _request(pod, metric) for pod in pods}


def _request(pod: Pod, metric: Metric) -> int:
    """What a pod (or one container of it) requests, in thousandths. Every container has to request something."""
    containers: Iterable[Container] = (*pod.spec.containers, *(one for one in pod.spec.init_containers if is_sidecar(pod, one)))
    if metric.container:
        containers = [one for one in containers if one.name == metric.container]
        if not containers:
            raise Unknown(f"container {metric.container} not found in Pod {pod.metadata.name}")
    total = 0
    for one in containers:
        request = one.resources.requests.get(metric.name)
        if request is None:
            raise Unknown(f"missing request for {metric.name} in container {one.name} of Pod {pod.metadata.name}")
        total += milli(request)
    return total


def _amount(resource: str, thousandths: int, dialect: Dialect) -> str:
    """An amount as a status has it."""
    return canonical(Decimal(thousandths) / 1000, binary=resource == MEMORY and dialect.autoscalers_show_binary_memory)


# ---- other metrics


def _pods(metric: Metric, target: Target, api: MetricsApi, now: int) -> Answer | Invalid:
    try:
        try:
            values = api.pod_values(metric.name, target.pods)
        except ApiError as error:
            raise Unknown(f"unable to get metric {metric.name}: {error.message}") from error
        if not target.pods:
            raise Unknown(arithmetic.NO_PODS)
        samples = {name: Sample(now, 0, {}) for name in values}
        counted = Counted(arithmetic.group(target.pods, samples, "", now), values, target.replicas, target.tolerance)
        proposal = arithmetic.by_average(counted, metric.target.average or 1)
    except Unknown as error:
        return Invalid("FailedGetPodsMetric", str(error), f"failed to get pods metric value: {error}")
    status = {"metric": metric.source["metric"], "current": {"averageValue": _plain(proposal.usage)}}
    return Answer(proposal.replicas, f"pods metric {metric.name}", {"type": "Pods", "pods": status})


def _single(metric: Metric, target: Target, api: MetricsApi) -> Answer | Invalid:
    """A metric with one value: of an object, or from outside."""
    is_object, kind = metric.type == "Object", metric.described[0]
    per_pod = metric.target.average is not None and (not is_object or metric.source.get("target", {}).get("type") == "AverageValue")
    try:
        value = _object_value(metric, target, api) if is_object else _external_value(metric, target, api)
        proposal = _of_single(metric, target, value, per_pod=per_pod)
    except Unknown as error:
        return _invalid_single(metric, str(error), per_pod=per_pod)
    status: JSON = {"metric": metric.source["metric"], "current": {"averageValue" if per_pod else "value": _plain(proposal.usage)}}
    if is_object:
        status["describedObject"] = metric.source["describedObject"]
    name = f"{kind} metric {metric.name}" if is_object and not per_pod else f"external metric {metric.name}({_selector_of(metric)})"
    return Answer(proposal.replicas, name, {"type": metric.type, "object" if is_object else "external": status})


def _of_single(metric: Metric, target: Target, value: int, *, per_pod: bool) -> Proposal:
    if per_pod:
        return arithmetic.by_value_per_pod(value, metric.target.average or 1, target.present, target.tolerance)
    return arithmetic.by_value(value, metric.target.value or 1, target.pods, target.replicas, target.tolerance)


def _object_value(metric: Metric, target: Target, api: MetricsApi) -> int:
    kind, name = metric.described
    try:
        return api.object_value(metric.name, f"{kind.lower()}/{name}")
    except ApiError as error:
        # The controller's format has its two last values the wrong way round.
        text = f"unable to get metric {metric.name}: {kind} on {target.namespace} {name}/{error.message}"
        raise Unknown(text) from error


def _external_value(metric: Metric, target: Target, api: MetricsApi) -> int:
    try:
        return api.external_value(metric.name)
    except ApiError as error:
        where = f"{target.namespace}/{metric.name}/{_selector_of(metric)}"
        raise Unknown(
            f"unable to get external metric {where}: unable to fetch metrics from external metrics API: {error.message}"
        ) from error


def _invalid_single(metric: Metric, text: str, *, per_pod: bool) -> Invalid:
    if metric.type == "Object":
        error = f"failed to get {metric.name} object metric: {text}" if per_pod else text
        return Invalid("FailedGetObjectMetric", text, f"failed to get object metric value: {error}")
    error = f"failed to get {metric.name} external metric: {text}" if per_pod else f"failed to get external metric {metric.name}: {text}"
    return Invalid("FailedGetExternalMetric", text, f"failed to get {metric.name} external metric value: {error}")


def _selector_of(metric: Metric) -> str:
    selector = metric.source["metric"].get("selector")
    return go_selector(None if selector is None else convert(selector, LabelSelector))


def _plain(thousandths: int) -> str:
    return canonical(Decimal(thousandths) / 1000, binary=False)
