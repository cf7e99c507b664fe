"""What the manifests give an unknown program to use and it cannot: absent Services, and Roles that are bound to another account."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from simulator.journal.store import Store
from simulator.objects.config import ConfigMap
from simulator.objects.container import Container
from simulator.objects.kinds import Key, Unstructured
from simulator.objects.pod import Pod
from simulator.objects.service import Service

_IN_CLUSTER = re.compile(r"(?<![\w.-])(?:[a-z0-9-]+\.)*?([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.cluster\.local)?(?![\w-])")
"""`db.shop.svc`, `db-0.db.shop.svc.cluster.local`: a Service and its namespace."""
_ADDRESS = re.compile(
    r"[a-z][a-z0-9+]*://(?:[^@/\s\"']*@)?(?:([a-z0-9-]+)\.(?=\w+-))?([a-z](?:[a-z0-9-]*[a-z0-9])?)(?::\d+)?(?=[/?,\s\"']|$)"
)
"""`redis://cache:6379/0`: a Service of the same namespace; `db-0.db-headless` and `db.shop-1` are no domains, which end without a dash."""
_SYSTEM = frozenset({"default/kubernetes", "kube-system/kube-dns"})
"""Services of every cluster."""


def absent_services(texts: Collection[str], namespace: str, services: set[tuple[str, str]]) -> list[str]:
    """The Services that texts of a container name by address and that are none of `services` (namespace and name of each)."""
    absent = dict.fromkeys(meanings[0] for text in texts for meanings in _named(text, namespace) if not services & set(meanings))
    return [f"{name}.{where}" for where, name in absent if f"{where}/{name}" not in _SYSTEM]


def _named(text: str, namespace: str) -> Iterator[list[tuple[str, str]]]:
    """For each address in a text, the namespaces and names of the Services that it can mean."""
    for match in _IN_CLUSTER.finditer(text):
        yield [(match[2], match[1])]
    for match in _ADDRESS.finditer(text):
        before, last = match.groups()
        if last != "localhost":
            yield [(namespace, last), *([(last, before)] if before else [])]


def doubts_about_surroundings(pod: Pod, container: Container, reads: Store) -> Iterator[tuple[str, str]]:
    """What an unknown program is assumed to work without, each with the reason."""
    namespace, account = pod.metadata.namespace, pod.spec.service_account_name
    services = {(service.metadata.namespace, service.metadata.name) for service in reads.typed(Service)}
    for name in absent_services(list(_texts(container, namespace, reads)), namespace, services):
        yield f"works without {name}", "its arguments or environment name this Service, which does not exist"
    bound = set() if account in ("", "default") else _bound(account, reads)
    if bound and namespace not in bound:
        others = " and ".join(sorted(bound))
        yield f"works without the Roles of {others}/{account}", f"no binding names the ServiceAccount {account} in {namespace}"


def _texts(container: Container, namespace: str, reads: Store) -> Iterator[str]:
    """The arguments of a container, and the values of its environment that are no secrets."""
    yield from (*container.command, *container.args, *(variable.value for variable in container.env))
    for variable in container.env:
        key = variable.value_from.config_map_key_ref if variable.value_from is not None else None
        if key is not None:
            yield _data(namespace, key.name, reads).get(key.key, "")
    for source in container.env_from:
        if source.config_map_ref is not None:
            yield from _data(namespace, source.config_map_ref.name, reads).values()


def _data(namespace: str, name: str, reads: Store) -> dict[str, str]:
    item = reads.get(Key("ConfigMap", namespace, name))
    return dict(item.data) if isinstance(item, ConfigMap) else {}


def _bound(account: str, reads: Store) -> set[str]:
    """The namespaces of the accounts of that name that bindings are for."""
    bindings = [item for kind in ("RoleBinding", "ClusterRoleBinding") for item in reads.objects(kind) if isinstance(item, Unstructured)]
    subjects = [subject for item in bindings for subject in item.content.get("subjects") or ()]
    return {subject.get("namespace", "") for subject in subjects if subject.get("name") == account}
