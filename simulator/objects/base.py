"""What every API object is made of: frozen, typed, written as Kubernetes writes JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

JSON = dict[str, Any]
T = TypeVar("T")
S = TypeVar("S", bound="KubeStruct")

_INITIALISMS = {
    "ip": "IP",
    "ips": "IPs",
    "id": "ID",
    "uuid": "UUID",
    "cidr": "CIDR",
    "cidrs": "CIDRs",
    "pid": "PID",
    "ipc": "IPC",
    "fqdn": "FQDN",
}
_IRREGULAR = {
    "exec_": "exec",
    "from_": "from",
    "continue_": "continue",
    "tls_config": "tlsConfig",
    "ca_bundle": "caBundle",
    "aws_elastic_block_store": "awsElasticBlockStore",
    "boot_id": "bootID",
    "downward_api": "downwardAPI",
    "scale_io": "scaleIO",
    "se_linux_options": "seLinuxOptions",
    "se_linux_change_policy": "seLinuxChangePolicy",
}


def json_name(field: str) -> str:
    """The JSON name of a field: `pod_ips` is written `podIPs`."""
    if field in _IRREGULAR:
        return _IRREGULAR[field]
    first, *rest = field.split("_")
    return first + "".join(_INITIALISMS.get(word, word.capitalize()) for word in rest)


class KubeStruct(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename=json_name, cache_hash=False):
    """A part of an API object. Immutable by convention all the way down: make a changed copy with `evolve`."""


def shown(default: T) -> T:
    """The default of a field that Kubernetes writes even when it is empty (`restartCount: 0`, `creationTimestamp: null`)."""
    factory: Callable[[], T] = lambda: default  # noqa: E731 (a default that msgspec cannot tell from a given value)
    return msgspec.field(default_factory=factory)


def shown_struct(kind: type[S]) -> S:
    """As `shown`, for a part that is written as `{}` when it is empty."""
    return msgspec.field(default_factory=kind)


def evolve(item: S, **changes: Any) -> S:
    """A copy of `item` with some fields changed."""
    return msgspec.structs.replace(item, **changes)
