"""User, groups and names of a container's processes, from its security context and its pod's (kuberuntime's securitycontext). Pure."""

from __future__ import annotations

from typing import Any

from simulator.container.mounts import Identity
from simulator.objects.container import Container
from simulator.objects.pod import Pod

NOT_ROOT = 1000
"""The user of a container that must not run as root and names no user: the number of the image's own user is unknown."""


def security(container: Container, pod: Pod, key: str, of_pod: Any) -> Any:
    """A field of the container's security context (`key` as in YAML), else that of the pod's."""
    own = (container.security_context or {}).get(key)
    return of_pod if own is None else own


def breaks_non_root(container: Container, pod: Pod) -> bool:
    """Whether a container that must not run as root has user 0. The image's own user is assumed not to be root."""
    whole = pod.spec.security_context
    must_not = security(container, pod, "runAsNonRoot", whole and whole.run_as_non_root)
    return bool(must_not) and security(container, pod, "runAsUser", whole and whole.run_as_user) == 0


def identity(container: Container, pod: Pod, host_name: str, ip: str) -> Identity:
    """Name, user, groups and rights of a container. Groups: the user's own, then fsGroup and supplementalGroups."""
    whole = pod.spec.security_context
    user = security(container, pod, "runAsUser", whole and whole.run_as_user)
    if user is None:
        user = NOT_ROOT if security(container, pod, "runAsNonRoot", whole and whole.run_as_non_root) else 0
    group = security(container, pod, "runAsGroup", whole and whole.run_as_group)
    more = [] if whole is None else [*([] if whole.fs_group is None else [whole.fs_group]), *whole.supplemental_groups]
    read_only = bool((container.security_context or {}).get("readOnlyRootFilesystem"))
    groups = (int(group or 0), *more)
    aliases = tuple((name, alias.ip) for alias in pod.spec.host_aliases for name in alias.hostnames)
    return Identity(host_name, ip, container.termination_message_path, int(user), groups, read_only, pod.metadata.namespace, aliases)
