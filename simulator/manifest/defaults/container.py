"""Defaults of containers, their ports, probes and hooks (core/v1)."""

from __future__ import annotations

import re

from simulator.manifest.quantities import canonical_resource
from simulator.objects.base import evolve
from simulator.objects.container import Container, ContainerPort, EnvVar, ObjectFieldSelector, ResourceRequirements
from simulator.objects.handlers import HTTPGetAction, Lifecycle, LifecycleHandler
from simulator.objects.probes import FAILURE_THRESHOLD, PERIOD_SECONDS, SUCCESS_THRESHOLD, TIMEOUT_SECONDS, Probe

_TAG = re.compile(r":([\w][\w.-]*)$", re.ASCII)
_NAME = re.compile(r"(?:[\w.-]+(?::\d+)?/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::[\w][\w.-]*)?(?:@.+)?", re.ASCII)


def container(item: Container) -> Container:
    """A container of a pod or of a pod template."""
    return evolve(
        item,
        image_pull_policy=item.image_pull_policy or pull_policy(item.image),
        termination_message_path=item.termination_message_path or "/dev/termination-log",
        termination_message_policy=item.termination_message_policy or "File",
        ports=[port(entry) for entry in item.ports],
        env=[_env(entry) for entry in item.env],
        resources=resources(item.resources),
        liveness_probe=_probe(item.liveness_probe),
        readiness_probe=_probe(item.readiness_probe),
        startup_probe=_probe(item.startup_probe),
        lifecycle=_lifecycle(item.lifecycle),
    )


def pull_policy(image: str) -> str:
    """Always for the tag `latest`, explicit or not; IfNotPresent for any other tag, for a digest, and for invalid image names."""
    if _NAME.fullmatch(image) is None:
        return "IfNotPresent"
    tag = _TAG.search(image.partition("@")[0])
    if tag is None and "@" in image:
        return "IfNotPresent"
    return "Always" if tag is None or tag[1] == "latest" else "IfNotPresent"


def resources(item: ResourceRequirements) -> ResourceRequirements:
    """Requests and limits in canonical form."""
    if not item.limits and not item.requests:
        return item
    return evolve(item, limits=resource_list(item.limits), requests=resource_list(item.requests))


def resource_list(items: dict[str, str]) -> dict[str, str]:
    """Quantities in canonical form, no finer than thousandths."""
    return {name: canonical_resource(text) for name, text in items.items()}


def port(item: ContainerPort) -> ContainerPort:
    """A container's port."""
    return item if item.protocol else evolve(item, protocol="TCP")


def field_ref(item: ObjectFieldSelector) -> ObjectFieldSelector:
    """A reference to a field of the pod."""
    return item if item.api_version else evolve(item, api_version="v1")


def _env(item: EnvVar) -> EnvVar:
    source = item.value_from
    if source is None:
        return item
    if source.field_ref is not None:
        source = evolve(source, field_ref=field_ref(source.field_ref))
    if source.file_key_ref is not None:
        source = evolve(source, file_key_ref={"optional": False, **source.file_key_ref})
    if source.resource_field_ref is not None and source.resource_field_ref.divisor == "":
        # A Quantity has no empty form: a divisor that was left out is written as zero.
        source = evolve(source, resource_field_ref=evolve(source.resource_field_ref, divisor="0"))
    return evolve(item, value_from=source)


def _probe(item: Probe | None) -> Probe | None:
    if item is None:
        return None
    return evolve(
        item,
        timeout_seconds=item.timeout_seconds or TIMEOUT_SECONDS,
        period_seconds=item.period_seconds or PERIOD_SECONDS,
        success_threshold=item.success_threshold or SUCCESS_THRESHOLD,
        failure_threshold=item.failure_threshold or FAILURE_THRESHOLD,
        # Zero is the same as absent for this field, and is not written.
        initial_delay_seconds=item.initial_delay_seconds or None,
        http_get=_http_get(item.http_get),
    )


def _http_get(item: HTTPGetAction | None) -> HTTPGetAction | None:
    return None if item is None else evolve(item, path=item.path or "/", scheme=item.scheme or "HTTP")


def _lifecycle(item: Lifecycle | None) -> Lifecycle | None:
    return None if item is None else evolve(item, post_start=_handler(item.post_start), pre_stop=_handler(item.pre_stop))


def _handler(item: LifecycleHandler | None) -> LifecycleHandler | None:
    return None if item is None else evolve(item, http_get=_http_get(item.http_get))
