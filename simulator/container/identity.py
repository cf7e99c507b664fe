"""User, groups and names of a container's processes, from its security context and its pod's (kuberuntime's securitycontext). Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from simulator.container.hosts_file import PodName
from simulator.container.mounts import Identity
from simulator.container.resolv_conf import CLUSTER_DOMAIN, resolver
from simulator.objects.container import Container
from simulator.objects.pod import Pod

LONGEST_HOST_NAME = 63
LONGEST_KERNEL_NAME = 64
"""Linux' HOST_NAME_MAX."""
NOT_ROOT = 1000
"""The user of a container that must not run as root and names no user, and the number of a name that is not in the table below."""
USUAL_NUMBERS = {"curl_user": 100, "haproxy": 99, "memcache": 11211, "nobody": 65534, "root": 0, "www-data": 33}
"""The numbers of names in /etc/passwd, by the images' own Dockerfiles and Debian's base-passwd."""


def security(container: Container, pod: Pod, key: str, of_pod: Any) -> Any:
    """A field of the container's security context (`key` as in YAML), else that of the pod's."""
    own = (container.security_context or {}).get(key)
    return of_pod if own is None else own


def non_root_problem(container: Container, pod: Pod, image_user: Callable[[str], str | None]) -> str:
    """Why a container that must not run as root is not created; empty when it is.

    `image_user` gives the user of an image: a number, a name, or None when it is unknown, which is assumed not to be root.
    """
    whole = pod.spec.security_context
    if not security(container, pod, "runAsNonRoot", whole and whole.run_as_non_root):
        return ""
    user = security(container, pod, "runAsUser", whole and whole.run_as_user)
    if user is not None:
        return "container's runAsUser breaks non-root policy" if user == 0 else ""
    name = image_user(container.image)
    if name is None:
        return ""
    # The kubelet cannot look into /etc/passwd of an image, so it refuses every name.
    if not name.isdigit():
        return f"container has runAsNonRoot and image has non-numeric user ({name}), cannot verify user is non-root"
    return "container has runAsNonRoot and image will run as root" if int(name) == 0 else ""


def pod_name(pod: Pod, node: str, ip: str) -> PodName:
    """The names of a pod on the network (GeneratePodHostNameAndDomain). A pod of the host network has the name of its node."""
    spec = pod.spec
    aliases = tuple((alias.ip, tuple(alias.hostnames)) for alias in spec.host_aliases)
    if spec.host_network:
        return PodName(node, ip, aliases=aliases, host_network=True)
    if spec.hostname_override:
        return PodName(spec.hostname_override, ip, aliases=aliases)
    host = (spec.hostname or pod.metadata.name)[:LONGEST_HOST_NAME].rstrip("-.")
    domain = f"{spec.subdomain}.{pod.metadata.namespace}.svc.{CLUSTER_DOMAIN}" if spec.subdomain else ""
    name = PodName(host, ip, domain, aliases)
    return msgspec.structs.replace(name, kernel_name=name.full) if spec.set_hostname_as_fqdn else name  # HST-04


def sandbox_problem(pod: Pod) -> str:
    """Why a pod gets no sandbox: its full name is to be the host name, and the kernel's is shorter. Empty when it gets one."""
    full = pod_name(pod, "", "").full if pod.spec.set_hostname_as_fqdn else ""
    if len(full) <= LONGEST_KERNEL_NAME:
        return ""
    limit = f"{LONGEST_KERNEL_NAME} characters is the max, {len(full)} characters requested"
    return f"Failed to construct FQDN from Pod hostname and cluster domain, FQDN {full} is too long ({limit})"  # HST-06


def identity(container: Container, pod: Pod, node: str, ip: str, image_user: str | None = None) -> Identity:
    """Names, user, groups and rights of a container. Groups: the user's own, then fsGroup and supplementalGroups.

    `image_user`: the user of its image, a number or a name; None if it is unknown, and root unless that must not be.
    """
    whole = pod.spec.security_context
    user = security(container, pod, "runAsUser", whole and whole.run_as_user)
    own = image_user if user is None and image_user else ""
    name = "" if own.isdigit() else own
    if own:
        user = number_of(own)
    if user is None:
        user = NOT_ROOT if security(container, pod, "runAsNonRoot", whole and whole.run_as_non_root) else 0
    group = security(container, pod, "runAsGroup", whole and whole.run_as_group)
    more = [] if whole is None else [*([] if whole.fs_group is None else [whole.fs_group]), *whole.supplemental_groups]
    read_only = bool((container.security_context or {}).get("readOnlyRootFilesystem"))
    # A user with a name has a group of that name in most images; one that is only a number has root's (assumed).
    groups = (int(group if group is not None else user if name else 0), *more)
    names = pod_name(pod, node, ip)
    return Identity(names, container.termination_message_path, int(user), groups, read_only, resolver(pod).text, bool(own), name)


def number_of(user: str) -> int:
    """The number of an image's user: its own, or what systems usually give to its name."""
    return int(user) if user.isdigit() else USUAL_NUMBERS.get(user, NOT_ROOT)
