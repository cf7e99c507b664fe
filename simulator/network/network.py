"""Connections inside the cluster: where a host and port lead at this instant."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

from simulator.engine import Engine
from simulator.journal.store import Store
from simulator.network.dns import Answer, is_address, resolve
from simulator.network.proxy import Changes, KubeProxy
from simulator.network.rules import Rule, RuleBook
from simulator.objects.kinds import Key
from simulator.objects.node import Node
from simulator.objects.pod import Pod
from simulator.objects.service import Service

Accepts = Callable[[str, int], bool | None]
"""Whether connections to a port of an address are accepted; None: no pod has that address."""


class Verdict(Enum):
    """The result of an attempt to connect."""

    OK = "connected"
    REFUSED = "connection refused"
    NO_SUCH_HOST = "no such host"
    NO_DNS = "DNS does not answer"
    DNS_REFUSED = "DNS refuses queries"
    DNS_FAILED = "DNS answers SERVFAIL"
    TIMEOUT = "timed out"
    OUTSIDE = "outside the cluster"


DNS_FAULTS = {"up": None, "down": Verdict.NO_DNS, "refused": Verdict.DNS_REFUSED, "failing": Verdict.DNS_FAILED}
"""What queries get in each state of the cluster's DNS."""


class Route(NamedTuple):
    """The result of an attempt to connect, and where an accepted connection ends."""

    verdict: Verdict
    address: str = ""
    port: int = 0


class Whose(NamedTuple):
    """A pod and its node."""

    name: str = ""
    node: str = ""


NO_ANSWER = Whose()


class Network:
    """Names, Service addresses and pods. From a node without a proxy in `proxies` only pods can be reached.

    Attributes:
        dns_fault: What every query gets instead of an answer: no reply, a refusal (no CoreDNS pod is ready), or SERVFAIL.
        pings_services: A cluster IP answers pings: only under IPVS it is an address of the node, else there are just rules for its ports.
    """

    def __init__(self, engine: Engine, store: Store, accepts: Accepts, proxies: list[KubeProxy]) -> None:
        self._engine = engine
        self._store = store
        self._accepts = accepts
        self._proxies = {proxy.node: proxy for proxy in proxies}
        book = RuleBook()
        for proxy in proxies:
            proxy.book = book
        self._unreachable: set[str] = set()
        self.dns_fault: Verdict | None = None
        self.pings_services = False

    def start(self) -> None:
        """Start the proxies."""
        Changes(self._engine, self._store, self._proxies.values())
        for proxy in self._proxies.values():
            proxy.start()

    def reach(self, node: str, reachable: bool) -> None:
        """Cut a node off from the others, or connect it again."""
        (self._unreachable.discard if reachable else self._unreachable.add)(node)

    def resolve(self, namespace: str, name: str) -> Answer | Verdict:
        """The addresses of a name as a pod of `namespace` sees them; empty: a pod that does not ask the cluster's DNS."""
        if is_address(name):
            return Answer(name, (name,))
        if self.dns_fault is not None and namespace:
            return self.dns_fault
        return resolve(name, namespace, self._store) or Verdict.NO_SUCH_HOST

    def connect(self, node: str, namespace: str, host: str, port: int) -> Verdict:
        """Try to connect from a pod of `namespace` on `node`."""
        return self.route(node, namespace, host, port).verdict

    def route(self, node: str, namespace: str, host: str, port: int) -> Route:
        """Where a connection from a pod of `namespace` on `node` ends."""
        answer = self.resolve(namespace, host)
        if isinstance(answer, Verdict):
            return Route(answer)
        if answer.outside:
            return Route(Verdict.OUTSIDE)
        if not answer.addresses:
            return Route(Verdict.NO_SUCH_HOST)
        return self.route_to(node, answer.addresses[0], port)

    def route_to(self, node: str, address: str, port: int) -> Route:
        """Where a connection from `node` to an address ends."""
        proxy = self._proxies.get(node)
        rule = None if proxy is None else proxy.rule(address, port)
        if rule is None and proxy is not None and self._is_node(address):
            rule = proxy.node_rule(port)
        if rule is not None:
            return self._through(rule, node)
        accepted = self._accepted(node, address, port)
        if accepted is None:
            # An address without a pod, or a Service that this node has not programmed: packets are lost.
            return Route(Verdict.REFUSED if self._is_node(address) else Verdict.TIMEOUT)
        return Route(Verdict.OK, address, port) if accepted else Route(Verdict.REFUSED)

    def _through(self, rule: Rule, node: str) -> Route:
        """A random backend; None: the kernel rejects the connection."""
        if not rule.backends:
            return Route(Verdict.REFUSED)
        stream = self._engine.streams.stream("backend", node, rule.cluster_ip)
        backend = rule.backends[int(stream.random() * len(rule.backends))]
        accepted = self._accepted(node, backend.address, backend.port)
        verdict = Verdict.TIMEOUT if accepted is None else Verdict.OK if accepted else Verdict.REFUSED
        return Route(verdict, backend.address, backend.port)

    def _accepted(self, node: str, address: str, port: int) -> bool | None:
        """Whether a connection from `node` is accepted; None: no answer."""
        return None if self._unreachable and self.is_cut_off(node, address) else self._accepts(address, port)

    def is_cut_off(self, node: str, address: str) -> bool:
        """Whether packets from `node` to a pod's address are lost, because one of the two nodes cannot be reached."""
        there = self.whose(address).node
        return there != node and bool({there, node} & self._unreachable)

    def whose(self, address: str) -> Whose:
        """Which pod has an address now."""
        if not address:
            return NO_ANSWER
        pods: list[Pod] = self._store.group("Pod", _address, address)
        return next((Whose(pod.metadata.name, pod.spec.node_name) for pod in pods), NO_ANSWER)

    def first_port(self, key: Key) -> int:
        """The first port of a Service; 0 when there is no such Service."""
        service = self._store.get(key)
        return service.spec.ports[0].port if isinstance(service, Service) and service.spec.ports else 0

    def _is_node(self, address: str) -> bool:
        return any(item.address == address for node in self._store.typed(Node) for item in node.status.addresses)


def _address(pod: Pod) -> str:
    return "" if pod.spec.host_network else pod.status.pod_ip
