"""Answers of the cluster's DNS (CoreDNS's kubernetes plugin; the search list of a pod's resolver). Pure but for the lookups."""

from __future__ import annotations

import re
from typing import NamedTuple

from simulator.journal.store import Store
from simulator.network.top_level_domains import COMMON, TOP_LEVEL
from simulator.objects.discovery import Endpoint, EndpointSlice, is_ready_endpoint
from simulator.objects.kinds import Key, key_of
from simulator.objects.labels import SERVICE_NAME
from simulator.objects.service import Service

DOMAIN = "cluster.local"
NDOTS = 5
"""Names with fewer dots are tried with the search list first (pkg/kubelet/network/dns)."""
MOST_ALIASES = 8
_BUILT_IN = {"10.96.0.1": f"kubernetes.default.svc.{DOMAIN}", "10.96.0.10": f"kube-dns.kube-system.svc.{DOMAIN}"}
"""Services that every cluster has from the beginning, with kubeadm's addresses."""
_REVERSE = ".in-addr.arpa"
_ORDINAL = re.compile(r"-\d+$")
"""The ordinal at the end of the name of a StatefulSet's pod."""


class Answer(NamedTuple):
    """The full name that resolved and its addresses. `outside`: the name is outside of the cluster."""

    name: str
    addresses: tuple[str, ...]
    outside: bool = False


def is_address(host: str) -> bool:
    """Whether a host is given by its IPv4 address."""
    parts = host.split(".")
    return len(parts) == 4 and all(part.isdigit() and int(part) < 256 for part in parts)


def candidates(name: str, namespace: str) -> list[str]:
    """The full names that a resolver in a pod of `namespace` tries, in order."""
    if name.endswith("."):
        return [name[:-1]]
    searched = [f"{name}.{suffix}" for suffix in (f"{namespace}.svc.{DOMAIN}", f"svc.{DOMAIN}", DOMAIN)]
    return [*searched, name] if name.count(".") < NDOTS else [name, *searched]


def resolve(name: str, namespace: str, store: Store) -> Answer | None:
    """The addresses of a name as a pod sees them; None: there is no such name. Without `namespace`, no name of the cluster is known."""
    if not namespace:
        full = name.rstrip(".")
        return None if f".{full}".endswith(f".{DOMAIN}") else lookup(full, store)
    for full in candidates(name, namespace):
        answer = lookup(full, store)
        if answer is not None:
            return answer
    return None


def lookup(full: str, store: Store, aliases: int = 0) -> Answer | None:
    """The addresses of a full name. A name outside of the cluster that looks like an Internet name is assumed to exist."""
    if full.endswith(_REVERSE):
        return _name_of(".".join(reversed(full.removesuffix(_REVERSE).split("."))), store)
    if not full.endswith(f".{DOMAIN}") and full != DOMAIN:
        return Answer(full, (), outside=True) if _is_outside(full, store) else None
    labels = full.removesuffix(f".{DOMAIN}").split(".")
    if labels[-1] == "pod" and len(labels) == 3 and is_address(labels[0].replace("-", ".")):
        return Answer(full, (labels[0].replace("-", "."),))
    if labels[-1] != "svc" or len(labels) not in (3, 4):
        return None
    *host, name, namespace, _ = labels
    service = store.get(Key("Service", namespace, name))
    if not isinstance(service, Service):
        return None
    if service.spec.type == "ExternalName":
        return lookup(service.spec.external_name, store, aliases + 1) if aliases < MOST_ALIASES else None
    if service.spec.cluster_ip not in ("", "None") and not host:
        return Answer(full, (service.spec.cluster_ip,))
    addresses = tuple(_headless_addresses(service, host[0] if host else "", store))
    return Answer(full, addresses) if addresses else None


def _name_of(address: str, store: Store) -> Answer | None:
    """The PTR record of an address: the Service that has it as its cluster IP (CoreDNS knows other addresses by their pods)."""
    services = [service for service in store.typed(Service) if service.spec.cluster_ip == address]
    names = sorted(f"{service.metadata.name}.{service.metadata.namespace}.svc.{DOMAIN}" for service in services)
    name = names[0] if names else _BUILT_IN.get(address)
    return Answer(name, ()) if name is not None else None


def _is_outside(full: str, store: Store) -> bool:
    """`example.com` does; `db.prod` and `db-0.db.prod` look like a Service and a pod of a namespace, whether or not they exist."""
    labels = full.lower().split(".")
    last = labels[-1]
    if len(labels) < 2 or store.get(Key("Namespace", "", last)) is not None or (len(labels) == 3 and _ORDINAL.search(labels[0])):
        return False
    return last in (COMMON if len(labels) == 2 else TOP_LEVEL)


def _headless_addresses(service: Service, hostname: str, store: Store) -> list[str]:
    """Ready endpoints; with a host name, the one that has it. An endpoint without one is named by its address, with dashes for dots."""
    mine = slices_of(store, key_of(service))
    endpoints = [endpoint for item in mine for endpoint in item.endpoints or [] if is_ready_endpoint(endpoint)]
    return sorted({address for endpoint in endpoints for address in endpoint.addresses if hostname in ("", _host_name(endpoint, address))})


def slices_of(store: Store, key: Key) -> list[EndpointSlice]:
    """The EndpointSlices of a Service, in order of creation."""
    return store.group("EndpointSlice", _service, (key.namespace, key.name))


def _service(item: EndpointSlice) -> tuple[str, str | None]:
    return item.metadata.namespace, item.metadata.labels.get(SERVICE_NAME)


def _host_name(endpoint: Endpoint, address: str) -> str:
    return endpoint.hostname or address.replace(".", "-")
