"""A container's /etc/hosts: what the kubelet writes (kubelet_pods.go ensureHostsFile), and how a resolver reads it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import msgspec

HOSTS_FILE = "etc/hosts"
HEADER = "# Kubernetes-managed hosts file.\n"
HOST_NETWORK_HEADER = "# Kubernetes-managed hosts file (host network).\n"
ALIASES_HEADER = "\n# Entries added by HostAliases.\n"
FIXED_LINES = (
    "127.0.0.1\tlocalhost\n"
    "::1\tlocalhost ip6-localhost ip6-loopback\n"
    "fe00::0\tip6-localnet\n"
    "fe00::0\tip6-mcastprefix\n"
    "fe00::1\tip6-allnodes\n"
    "fe00::2\tip6-allrouters\n"
)
NODE_LINES = "127.0.0.1\tlocalhost\n"
"""What the node's own file has besides the node's address. Assumed."""


class PodName(msgspec.Struct, frozen=True):
    """A pod's names on the network.

    Attributes:
        host: Its short host name.
        ip: Its address.
        domain: What follows the host name in its full name (`db.shop.svc.cluster.local`); empty without a subdomain.
        aliases: The addresses of `hostAliases`, each with its names.
        host_network: Whether it has the network and the names of its node.
        kernel_name: What `uname -n` prints: the full name with `setHostnameAsFQDN`, else the host name.
    """

    host: str
    ip: str
    domain: str = ""
    aliases: tuple[tuple[str, tuple[str, ...]], ...] = ()
    host_network: bool = False
    kernel_name: str = ""

    @property
    def full(self) -> str:
        """Host name and domain."""
        return f"{self.host}.{self.domain}" if self.domain else self.host

    @property
    def hostname(self) -> str:
        """What the kernel has as host name."""
        return self.kernel_name or self.host


def hosts_text(name: PodName) -> str:
    """The content of the file: a pod of the host network has the node's, every other pod one of its own."""
    aliases = "".join("\t".join((address, *names)) + "\n" for address, names in name.aliases)
    entries = f"{ALIASES_HEADER}{aliases}" if aliases else ""
    if name.host_network:  # HST-03
        return f"{HOST_NETWORK_HEADER}{NODE_LINES}{name.ip}\t{name.host}\n{entries}"
    own = "\t".join((name.ip, *dict.fromkeys((name.full, name.host))))  # HST-01
    return f"{HEADER}{FIXED_LINES}{own}\n{entries}"  # HST-02


class Entry(msgspec.Struct, frozen=True):
    """An address, and the first name of its line, which is the canonical one."""

    name: str
    address: str


@lru_cache(maxsize=256)
def entries_of(text: str) -> Mapping[str, Entry]:
    """The IPv4 entries of the file by their names in lower case. Of several lines with a name, the first counts."""
    entries: dict[str, Entry] = {}
    for line in text.splitlines():
        address, *names = line.partition("#")[0].split() or [""]
        if ":" in address:
            continue
        for name in names:
            entries.setdefault(name.lower(), Entry(names[0], address))
    return entries
