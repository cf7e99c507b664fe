"""The environment of a container (kubelet_pods.go makeEnvironmentVariables, envvars/envvars.go). Pure."""

from __future__ import annotations

import base64
from collections.abc import Callable
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

from simulator.container.expansion import expand
from simulator.objects.config import ConfigMap, Secret
from simulator.objects.container import Container, EnvVar, EnvVarSource, ResourceFieldSelector
from simulator.objects.meta import ObjectMeta
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import container_named
from simulator.objects.process import MAX_ARG_STRLEN
from simulator.objects.service import Service, ServicePort, ServiceSpec
from simulator.units import parse_quantity

MASTER = ("default", "kubernetes")
"""The Service whose variables every pod gets."""
API_SERVER = Service(
    metadata=ObjectMeta(name="kubernetes", namespace="default"),
    spec=ServiceSpec(cluster_ip="10.96.0.1", ports=[ServicePort(name="https", port=443, protocol="TCP")]),
)
"""That Service, for clusters in which it does not exist; the real API server creates it before anything else."""


class Sources(NamedTuple):
    """Where values come from: config maps and secrets by (namespace, name), the existing Services, the node's address and capacity.

    `is_new_claim`: whether the volume of a claim, by (namespace, name), was created during the run.
    """

    config_map: Callable[[str, str], ConfigMap | None]
    secret: Callable[[str, str], Secret | None]
    services: list[Service]
    host_ip: str
    allocatable: dict[str, str]
    is_new_claim: Callable[[str, str], bool] = lambda _namespace, _name: False


class ConfigProblem(Exception):
    """A container that cannot be created as its spec asks; the text is the message of CreateContainerConfigError."""

    def __init__(self, message: str, rule: str) -> None:
        super().__init__(message)
        self.rule = rule


def environment(pod: Pod, container: Container, pod_ip: str, sources: Sources) -> dict[str, str]:
    """Variables by name: envFrom, then env in order, then those of services for names not set yet. Raises ConfigProblem."""
    services = service_variables(pod, sources.services)
    result: dict[str, str] = {}
    for source in container.env_from:
        if source.config_map_ref is not None:
            name, optional = source.config_map_ref.name, source.config_map_ref.optional
            values = _config_map(pod, name, optional=bool(optional), sources=sources)
        elif source.secret_ref is not None:
            values = _secret(pod, source.secret_ref.name, optional=bool(source.secret_ref.optional), sources=sources)
        else:
            values = {}
        result.update({source.prefix + key: value for key, value in (values or {}).items()})
    for variable in container.env:
        value = _value(pod, container, variable, pod_ip, {**services, **result}, sources)
        if value is not None:
            result[variable.name] = value
    return {**services, **result}  # ENV-01


def service_variables(pod: Pod, services: list[Service]) -> dict[str, str]:
    """The variables of the Services that exist when a container is created."""
    links = pod.spec.enable_service_links is not False  # ENV-03
    chosen: dict[str, Service] = {}
    for service in (API_SERVER, *services):
        place = (service.metadata.namespace, service.metadata.name)
        if service.spec.cluster_ip in ("", "None"):
            continue
        own = links and place[0] == pod.metadata.namespace
        if own or (place == MASTER and chosen.get(place[1], API_SERVER) is API_SERVER):
            chosen[place[1]] = service
    result: dict[str, str] = {}
    for name in sorted(chosen):
        result.update(_variables_of(chosen[name]))
    return result


def _variables_of(service: Service) -> dict[str, str]:
    prefix = service.metadata.name.upper().replace("-", "_")
    ip, ports = service.spec.cluster_ip, service.spec.ports
    if not ports:
        return {}
    result = {f"{prefix}_SERVICE_HOST": ip, f"{prefix}_SERVICE_PORT": str(ports[0].port)}
    for port in ports:
        if port.name:
            result[f"{prefix}_SERVICE_PORT_{port.name.upper().replace('-', '_')}"] = str(port.port)
    for index, port in enumerate(ports):
        protocol = (port.protocol or "TCP").lower()
        url = f"{protocol}://{f'[{ip}]' if ':' in ip else ip}:{port.port}"
        if index == 0:
            result[f"{prefix}_PORT"] = url
        link = f"{prefix}_PORT_{port.port}_{protocol.upper()}"
        result.update({link: url, f"{link}_PROTO": protocol, f"{link}_PORT": str(port.port), f"{link}_ADDR": ip})
    return result


def _value(pod: Pod, container: Container, variable: EnvVar, pod_ip: str, known: dict[str, str], sources: Sources) -> str | None:
    source = variable.value_from
    if source is None:
        # A longer value keeps its container from starting, and variables that repeat it would grow without bound.
        return expand(variable.value, known)[:MAX_ARG_STRLEN]
    if source.field_ref is not None:
        return pod_field(pod, source.field_ref.field_path, pod_ip, sources.host_ip)
    if source.resource_field_ref is not None:
        return resource_value(pod, container, source.resource_field_ref, sources)
    return _keyed(pod, source, sources)


def _keyed(pod: Pod, source: EnvVarSource, sources: Sources) -> str | None:
    """A value by its key in a config map or secret; None when it is optional and missing."""
    if source.config_map_key_ref is not None:
        map_ref = source.config_map_key_ref
        values = _config_map(pod, map_ref.name, optional=bool(map_ref.optional), sources=sources)
        key, optional, kind, name = map_ref.key, map_ref.optional, "ConfigMap", map_ref.name
    elif source.secret_key_ref is not None:
        secret_ref = source.secret_key_ref
        values = _secret(pod, secret_ref.name, optional=bool(secret_ref.optional), sources=sources)
        key, optional, kind, name = secret_ref.key, secret_ref.optional, "Secret", secret_ref.name
    else:
        return None
    if values is None or (key not in values and optional):
        return None
    if key not in values:  # ENV-02
        raise ConfigProblem(f"couldn't find key {key} in {kind} {pod.metadata.namespace}/{name}", "ENV-02")
    return values[key]


def _config_map(pod: Pod, name: str, *, optional: bool, sources: Sources) -> dict[str, str] | None:
    config_map = sources.config_map(pod.metadata.namespace, name)
    if config_map is None:
        if optional:
            return None
        raise ConfigProblem(f'configmap "{name}" not found', "ENV-02")
    return config_map.data


def _secret(pod: Pod, name: str, *, optional: bool, sources: Sources) -> dict[str, str] | None:
    secret = sources.secret(pod.metadata.namespace, name)
    if secret is None:
        if optional:
            return None
        raise ConfigProblem(f'secret "{name}" not found', "ENV-02")
    return secret_values(secret)


def secret_values(secret: Secret) -> dict[str, str]:
    """A secret's values as text."""

    decoded = {key: base64.b64decode(value).decode(errors="replace") for key, value in secret.data.items()}
    return {**decoded, **secret.string_data}


def pod_field(pod: Pod, path: str, pod_ip: str, host_ip: str) -> str:
    """The value of a fieldRef."""
    meta = pod.metadata
    if path.startswith(("metadata.labels['", "metadata.annotations['")):
        values = meta.labels if path.startswith("metadata.labels") else meta.annotations
        return values.get(path[path.index("'") + 1 : -2], "")
    return {
        "metadata.name": meta.name,
        "metadata.namespace": meta.namespace,
        "metadata.uid": meta.uid,
        "spec.nodeName": pod.spec.node_name,
        "spec.serviceAccountName": pod.spec.service_account_name,
        "status.podIP": pod_ip,
        "status.podIPs": pod_ip,
        "status.hostIP": host_ip,
        "status.hostIPs": host_ip,
    }.get(path, "")


def resource_value(pod: Pod, container: Container, reference: ResourceFieldSelector, sources: Sources) -> str:
    """The value of a resourceFieldRef in units of its divisor, rounded up; limits default to what the node can allocate."""
    target = container_named(pod, reference.container_name) or container
    which, _, name = reference.resource.partition(".")
    amounts = target.resources.limits if which == "limits" else target.resources.requests
    text = amounts.get(name) or (sources.allocatable.get(name, "0") if which == "limits" else "0")
    divisor = parse_quantity(reference.divisor or "1") or Decimal(1)
    return str((parse_quantity(text) / divisor).to_integral_value(ROUND_CEILING))
