"""A container with its environment, ports, probes, hooks and resources (core/v1)."""

from __future__ import annotations

from simulator.objects.base import JSON, KubeStruct, shown, shown_struct
from simulator.objects.handlers import Lifecycle
from simulator.objects.probes import Probe


class ConfigMapKeySelector(KubeStruct, frozen=True):
    key: str = shown("")
    name: str = ""
    optional: bool | None = None


class SecretKeySelector(KubeStruct, frozen=True):
    key: str = shown("")
    name: str = ""
    optional: bool | None = None


class ObjectFieldSelector(KubeStruct, frozen=True):
    field_path: str = shown("")
    api_version: str = ""


class ResourceFieldSelector(KubeStruct, frozen=True):
    resource: str = shown("")
    container_name: str = ""
    divisor: str = ""


class EnvVarSource(KubeStruct, frozen=True):
    config_map_key_ref: ConfigMapKeySelector | None = None
    field_ref: ObjectFieldSelector | None = None
    file_key_ref: JSON | None = None
    resource_field_ref: ResourceFieldSelector | None = None
    secret_key_ref: SecretKeySelector | None = None


class EnvVar(KubeStruct, frozen=True):
    name: str = shown("")
    value: str = ""
    value_from: EnvVarSource | None = None


class ConfigMapEnvSource(KubeStruct, frozen=True):
    name: str = ""
    optional: bool | None = None


class SecretEnvSource(KubeStruct, frozen=True):
    name: str = ""
    optional: bool | None = None


class EnvFromSource(KubeStruct, frozen=True):
    config_map_ref: ConfigMapEnvSource | None = None
    prefix: str = ""
    secret_ref: SecretEnvSource | None = None


class ContainerPort(KubeStruct, frozen=True):
    container_port: int = shown(0)
    host_ip: str = ""
    host_port: int | None = None
    name: str = ""
    protocol: str = ""


class ResourceRequirements(KubeStruct, frozen=True):
    claims: list[JSON] = []
    limits: dict[str, str] = {}
    requests: dict[str, str] = {}


class VolumeMount(KubeStruct, frozen=True):
    mount_path: str = shown("")
    name: str = shown("")
    bind_mount_options: list[str] = []
    mount_propagation: str = ""
    read_only: bool | None = None
    recursive_read_only: str = ""
    sub_path: str = ""
    sub_path_expr: str = ""


class Container(KubeStruct, frozen=True):
    name: str = shown("")
    args: list[str] = []
    command: list[str] = []
    env: list[EnvVar] = []
    env_from: list[EnvFromSource] = []
    image: str = ""
    image_pull_policy: str = ""
    lifecycle: Lifecycle | None = None
    liveness_probe: Probe | None = None
    ports: list[ContainerPort] = []
    readiness_probe: Probe | None = None
    resize_policy: list[JSON] = []
    resources: ResourceRequirements = shown_struct(ResourceRequirements)
    restart_policy: str = ""
    restart_policy_rules: list[JSON] = []
    security_context: JSON | None = None
    startup_probe: Probe | None = None
    stdin: bool | None = None
    stdin_once: bool | None = None
    termination_message_path: str = ""
    termination_message_policy: str = ""
    tty: bool | None = None
    volume_devices: list[JSON] = []
    volume_mounts: list[VolumeMount] = []
    working_dir: str = ""


def resolve_port(container: Container, port: int | str | None) -> int | None:
    """A port given by number or by the name of a container port; None when it is neither (probe.ResolveContainerPort)."""
    if isinstance(port, int):
        return port if 0 < port < 65_536 else None
    named = next((item.container_port for item in container.ports if item.name == port), None)
    if named is not None:
        return named
    return int(port) if isinstance(port, str) and port.isdigit() else None


def probes_of(container: Container) -> list[Probe]:
    """The probes that a container has: startup, readiness, liveness."""
    return [probe for probe in (container.startup_probe, container.readiness_probe, container.liveness_probe) if probe is not None]
