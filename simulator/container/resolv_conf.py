"""A container's /etc/resolv.conf: whose DNS server it has and which domains it searches (pkg/kubelet/network/dns). Pure."""

from __future__ import annotations

from typing import NamedTuple

from simulator.objects.pod import Pod

CLUSTER_DNS = "10.96.0.10"
"""kubeadm's default: the tenth address of 10.96.0.0/12."""
CLUSTER_DOMAIN = "cluster.local"
NODE_DNS = "192.168.49.1"
"""The server in the node's own file. Assumed: minikube's gateway."""
CLUSTER_OPTIONS = ("ndots:5",)


class Resolver(NamedTuple):
    """The lines of the file."""

    servers: tuple[str, ...]
    searches: tuple[str, ...]
    options: tuple[str, ...]

    @property
    def asks_cluster(self) -> bool:
        """Whether it asks the cluster's DNS: the others know no name of the cluster."""
        return CLUSTER_DNS in self.servers

    @property
    def text(self) -> str:
        """The file's content."""
        lines = [("search", *self.searches)] if self.searches else []
        lines += [("nameserver", server) for server in self.servers]
        lines += [("options", *self.options)] if self.options else []
        return "".join(f"{' '.join(words)}\n" for words in lines)


def is_special(pod: Pod) -> bool:
    """Whether a pod has other lines than most: those of its policy ClusterFirst."""
    return pod.spec.dns_config is not None or pod.spec.host_network is True or pod.spec.dns_policy in ("Default", "None")


def resolver(pod: Pod) -> Resolver:
    """What the pod's dnsPolicy gives, with what its dnsConfig adds."""
    base, more = _of_policy(pod), pod.spec.dns_config or {}
    servers = tuple(dict.fromkeys((*base.servers, *(more.get("nameservers") or ()))))
    searches = tuple(dict.fromkeys((*base.searches, *(more.get("searches") or ()))))
    options = {word.partition(":")[0]: word for word in base.options}
    for item in more.get("options") or ():
        name, value = item.get("name", ""), item.get("value")
        options[name] = name if value is None else f"{name}:{value}"
    return Resolver(servers, searches, tuple(options.values()))


def _of_policy(pod: Pod) -> Resolver:
    """A pod of the host network has the node's server, unless its policy is ClusterFirstWithHostNet."""  # HST-05
    policy = pod.spec.dns_policy
    if policy == "None":
        return Resolver((), (), ())
    if policy == "Default" or (pod.spec.host_network and policy != "ClusterFirstWithHostNet"):
        return Resolver((NODE_DNS,), (), ())
    domains = (f"{pod.metadata.namespace}.svc.{CLUSTER_DOMAIN}", f"svc.{CLUSTER_DOMAIN}", CLUSTER_DOMAIN)
    return Resolver((CLUSTER_DNS,), domains, CLUSTER_OPTIONS)
