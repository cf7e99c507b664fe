"""The context that rules for a part of a pod need."""

from __future__ import annotations

from typing import NamedTuple

from simulator.dialect import Dialect
from simulator.objects.base import JSON


class PodContext(NamedTuple):
    """The context of a container. `volumes` are the valid ones, by name; `is_pod` is False inside a template."""

    dialect: Dialect
    spec: JSON
    volumes: dict[str, JSON]
    is_pod: bool

    @property
    def grace(self) -> int | None:
        """terminationGracePeriodSeconds."""
        value: int | None = self.spec.get("terminationGracePeriodSeconds")
        return value

    @property
    def os_name(self) -> str | None:
        """`linux`, `windows`, or None when the pod does not say."""
        os = self.spec.get("os")
        return None if os is None else os.get("name", "")

    @property
    def host_users(self) -> bool:
        """Whether the pod's users are the node's."""
        return self.spec.get("hostUsers") is not False


def all_containers(spec: JSON) -> list[tuple[str, JSON]]:
    """Every container with its path inside the pod spec, in the order in which the API server visits them."""
    groups = ("initContainers", "containers", "ephemeralContainers")
    return [(f"{group}[{index}]", item) for group in groups for index, item in enumerate(spec.get(group) or [])]
