"""Defaults of pods and pod templates (core/v1)."""

from __future__ import annotations

from decimal import Decimal

from simulator.manifest.defaults.container import container, pull_policy, resource_list, resources
from simulator.manifest.defaults.volume import volume
from simulator.manifest.qos import qos_class
from simulator.manifest.quantities import parse, show
from simulator.objects.base import JSON, evolve
from simulator.objects.container import Container
from simulator.objects.pod import Pod, PodSecurityContext, PodSpec, PodTemplateSpec

GRACE_SECONDS = 30


def template(item: PodTemplateSpec) -> PodTemplateSpec:
    """A pod template: only the defaults of every pod spec."""
    return evolve(item, spec=pod_spec(item.spec))


def pod_spec(spec: PodSpec) -> PodSpec:
    """A pod spec."""
    return evolve(
        spec,
        containers=[container(item) for item in spec.containers],
        init_containers=[container(item) for item in spec.init_containers],
        ephemeral_containers=[_ephemeral(item) for item in spec.ephemeral_containers],
        volumes=[volume(item) for item in spec.volumes],
        dns_policy=spec.dns_policy or "ClusterFirst",
        restart_policy=spec.restart_policy or "Always",
        security_context=spec.security_context or PodSecurityContext(),
        termination_grace_period_seconds=(
            GRACE_SECONDS if spec.termination_grace_period_seconds is None else spec.termination_grace_period_seconds
        ),
        scheduler_name=spec.scheduler_name or "default-scheduler",
        service_account=spec.service_account_name or spec.service_account,
        service_account_name=spec.service_account_name or spec.service_account,
        overhead=resource_list(spec.overhead),
        resources=None if spec.resources is None else resources(spec.resources),
    )


def _ephemeral(item: JSON) -> JSON:
    """An ephemeral container with its defaults."""
    filled = {
        "imagePullPolicy": pull_policy(str(item.get("image", ""))),
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "resources": {},
    }
    return {**filled, **item}


def pod(item: Pod) -> Pod:
    """A pod (not a template): requests default to limits, and the status is Pending with the QoS class."""
    spec = pod_spec(item.spec)
    spec = evolve(
        spec,
        containers=[_pod_container(entry, spec.host_network is True) for entry in spec.containers],
        init_containers=[_pod_container(entry, spec.host_network is True) for entry in spec.init_containers],
        enable_service_links=True if spec.enable_service_links is None else spec.enable_service_links,
    )
    spec = _pod_level_requests(spec)
    defaulted = evolve(item, spec=spec)
    phase, qos = item.status.phase or "Pending", item.status.qos_class or qos_class(spec)
    return evolve(defaulted, status=evolve(item.status, phase=phase, qos_class=qos))


def _pod_container(item: Container, host_network: bool) -> Container:
    if item.resources.limits:
        requests = {**item.resources.limits, **item.resources.requests}
        item = evolve(item, resources=evolve(item.resources, requests=requests))
    if host_network:
        item = evolve(item, ports=[evolve(port, host_port=port.host_port or port.container_port) for port in item.ports])
    return item


def _pod_level_requests(spec: PodSpec) -> PodSpec:
    """Pod-level requests where only limits are given: the sum of the containers' requests, else the limit."""
    if spec.resources is None or not spec.resources.limits:
        return spec
    requests = dict(spec.resources.requests)
    for name in ("cpu", "memory"):
        requested = [parse(item.resources.requests[name]) for item in spec.containers if name in item.resources.requests]
        if requested and name not in requests:
            requests[name] = show(sum((value for value, _ in requested), Decimal(0)), requested[0][1])
    requests = {**spec.resources.limits, **requests}
    return evolve(spec, resources=evolve(spec.resources, requests=requests))
