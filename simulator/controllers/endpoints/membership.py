"""Which pods are endpoints of a Service, and their conditions (endpointslice/utils.go, util/controller_utils.go). Pure."""

from __future__ import annotations

from simulator.objects.discovery import Endpoint, EndpointConditions, EndpointPort
from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import has_ended, is_ready, long_running
from simulator.objects.service import ObjectReference, Service, ServicePort


def in_endpoints(pod: Pod, *, include_terminating: bool) -> bool:
    """Whether a pod can be an endpoint: it has an address and has not ended."""
    if has_ended(pod) or not (pod.status.pod_ip or pod.status.pod_ips):
        return False
    return include_terminating or not is_being_deleted(pod)


def conditions(pod: Pod, service: Service) -> EndpointConditions:
    """Ready: gets connections. Serving: is ready, even while terminating. Terminating: is being deleted."""
    serving, terminating = is_ready(pod), is_being_deleted(pod)
    ready = bool(service.spec.publish_not_ready_addresses) or (serving and not terminating)
    return EndpointConditions(ready=ready, serving=serving, terminating=terminating)


def find_port(pod: Pod, port: ServicePort) -> int | None:
    """The target port of a Service's port: a number, or the port of that name of a container or sidecar."""
    target = port.target_port
    if isinstance(target, int):
        return target
    for container in long_running(pod.spec):
        for named in container.ports:
            if named.name == target and (named.protocol or "TCP") == (port.protocol or "TCP"):
                return named.container_port
    return None


def ports_of(pod: Pod, service: Service) -> list[EndpointPort]:
    """The ports of an endpoint, without those whose name the pod does not have."""
    targets = [(port, find_port(pod, port)) for port in service.spec.ports]
    return [
        EndpointPort(name=port.name, port=number, protocol=port.protocol or "TCP", app_protocol=port.app_protocol)
        for port, number in targets
        if number is not None
    ]


def endpoint_of(pod: Pod, service: Service, zone: str) -> Endpoint:
    """The endpoint of a pod."""
    meta = pod.metadata
    named = pod.spec.hostname and pod.spec.subdomain == service.metadata.name and meta.namespace == service.metadata.namespace
    return Endpoint(
        addresses=[item.ip for item in pod.status.pod_ips] or [pod.status.pod_ip],
        conditions=conditions(pod, service),
        hostname=pod.spec.hostname if named else "",
        node_name=pod.spec.node_name,
        target_ref=ObjectReference(kind="Pod", namespace=meta.namespace, name=meta.name, uid=meta.uid),
        zone=zone,
    )


def is_headless(service: Service) -> bool:
    """Whether the Service has no cluster IP."""
    return service.spec.cluster_ip in ("", "None")
