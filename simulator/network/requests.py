"""Answers requests of containers from the current state of the cluster: names, connections, HTTP, reads of the API server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from simulator.container.behavior import Behavior
from simulator.container.birth import ContentRules, KubectlCall, Who
from simulator.container.program import Run
from simulator.container.protocols import exchange_reply, host_and_port, http_reply, unknown_body
from simulator.container.resolv_conf import is_special, resolver
from simulator.engine import Engine
from simulator.journal.store import Store
from simulator.network.api_over_http import answer, refusal
from simulator.network.dns import candidates
from simulator.network.network import Network, Route, Verdict
from simulator.network.reads import read_objects, refused_read
from simulator.objects.globs import glob_matches
from simulator.objects.kinds import Key
from simulator.objects.pod import Pod
from simulator.objects.service import Service
from simulator.process.host import Reply
from simulator.process.world import (
    Address,
    ApiGet,
    Connect,
    Exchange,
    HttpRequest,
    HttpResponse,
    NetError,
    Ping,
    Resolve,
    Running,
    WorldRequest,
)
from simulator.units import SECOND

KERNEL_TIMEOUT = 127 * SECOND
"""How long Linux tries to connect before it gives up (tcp_syn_retries = 6)."""
DNS_TIMEOUT = 5 * SECOND
"""How long a resolver waits for an answer (resolv.conf(5))."""
ELSEWHERE = "192.0.2.1"
"""The address of all hosts outside of the cluster (RFC 5737)."""
API_SERVER = "kubernetes.default.svc.cluster.local"
API_ADDRESS = "10.96.0.1"
"""The Service of the API server, which exists from the beginning."""
ERRORS = {
    Verdict.REFUSED: NetError.REFUSED,
    Verdict.NO_SUCH_HOST: NetError.UNKNOWN_NAME,
    Verdict.NO_DNS: NetError.NO_DNS,
    Verdict.DNS_REFUSED: NetError.DNS_REFUSED,
    Verdict.DNS_FAILED: NetError.DNS_FAILED,
    Verdict.TIMEOUT: NetError.TIMED_OUT,
}


class Outside(NamedTuple):
    """A host outside of the cluster: whether its name resolves, whether it refuses connections, how long (ns) it takes to answer."""

    resolves: bool = True
    refuses: bool = False
    delay: int = 0


Listener = Callable[[str, int], Behavior | None]
"""What accepts connections on a port of an address now."""


class Host(NamedTuple):
    """What the cluster does for containers beside the network.

    `note` receives assumptions: the subject, what is assumed, why, and the override for a Scenario (empty: a program of that container);
    `resolve` what a container's own work turns out to be; `kubectl` runs it (None: podsim has no such verb); `content` decides about
    paths of unknown content.
    """

    note: Callable[[Who, str, str, str], None]
    resolve: Callable[[Who, Run], None]
    kubectl: Callable[[KubectlCall], Running | None]
    content: ContentRules


class Requests:
    """Answers the requests of containers' processes.

    `hosts` are the described hosts outside of the cluster, by globs; `authorizes`: whether the API server asks what ServiceAccounts may do.
    """

    def __init__(
        self,
        engine: Engine,
        store: Store,
        network: Network,
        listener: Listener,
        host: Host,
        hosts: Mapping[str, Outside],
        *,
        authorizes: bool = True,
    ) -> None:
        self._authorizes = authorizes
        self.kubectl = host.kubectl
        self.content = host.content
        self._engine = engine
        self._store = store
        self._network = network
        self._listener = listener
        self._note = host.note
        self._resolve_work = host.resolve
        self._hosts = hosts

    def note(self, who: Who, what: str, reason: str) -> None:
        """Note an assumption about a container's processes."""
        self._note(who, what, reason, "")

    def resolve(self, who: Who, run: Run) -> None:
        """What was assumed of a container's own work turns out to be `run`."""
        self._resolve_work(who, run)

    def ask(self, who: Who, request: WorldRequest) -> Reply:
        """Answer from the current state."""
        match request:
            case Resolve(name):
                return self._resolve(who, name, request.patience)
            case Ping(host):
                return self._ping(who, host, request.timeout)
            case Connect(host, port):
                return self._connect(who, host, port, request.timeout)
            case Exchange(_, host, port):
                return self._exchange(who, request, host, port)
            case HttpRequest(_, url):
                return self._http(who, request, *host_and_port(url))
            case ApiGet():
                pod = self._asking(who)
                refused = None if pod is None else refused_read(self._store, request, pod, who.container)
                return refused or Reply(read_objects(self._store, request, who.namespace))
        self.note(who, f"{type(request).__name__} is not answered", "the cluster does not simulate it")
        return Reply(NetError.UNREACHABLE)

    def _asking(self, who: Who) -> Pod | None:
        """The pod whose ServiceAccount counts; None: every request is allowed."""
        pod = self._store.get(Key("Pod", who.namespace, who.pod))
        return pod if self._authorizes and isinstance(pod, Pod) else None

    # ---- names

    def _dns_query(self, who: Who, host: str) -> tuple[str, str]:
        """The namespace as whose member a pod's DNS server answers, empty if it is not the cluster's, and the name that is asked for."""
        pod = self._store.get(Key("Pod", who.namespace, who.pod))
        if not isinstance(pod, Pod) or not is_special(pod):
            return who.namespace, host
        own = resolver(pod)
        namespace = who.namespace if own.asks_cluster else ""
        # With the policy None, there are no domains besides those of the pod.
        first = f"{host.rstrip('.')}." if pod.spec.dns_policy == "None" else host
        for name in (first, *(f"{host}.{domain}." for domain in own.searches)):
            answer = self._network.resolve(namespace, name)
            if not isinstance(answer, Verdict) and not answer.outside:
                return namespace, name
        return namespace, first

    def _is_api_server(self, who: Who, host: str) -> bool:
        """Whether a host name refers to the API server in a pod."""
        namespace, name = (who.namespace, host) if host == API_ADDRESS else self._dns_query(who, host)
        return host == API_ADDRESS or (bool(namespace) and API_SERVER in candidates(name, namespace))

    def _resolve(self, who: Who, name: str, patience: int | None = None) -> Reply:
        if self._is_api_server(who, name):
            return Reply(Address(API_SERVER, (API_ADDRESS,)))
        answer = self._network.resolve(*self._dns_query(who, name))
        if answer is Verdict.NO_DNS:
            return Reply(NetError.NO_DNS, DNS_TIMEOUT if patience is None else patience)
        if isinstance(answer, Verdict):
            return Reply(ERRORS[answer])
        if answer.outside:
            return Reply(Address(answer.name, (ELSEWHERE,)) if self._outside(who, name).resolves else NetError.UNKNOWN_NAME)
        return Reply(Address(answer.name, answer.addresses))

    def _outside(self, who: Who, host: str) -> Outside:
        """The behaviour of a host outside of the cluster; an undescribed one is assumed to answer."""
        name = host.rstrip(".")
        known = next((outside for glob, outside in self._hosts.items() if glob_matches(name, glob)), None)
        if known is None:
            override = f'cluster: {{network: {{hosts: {{"{name}": {{resolves: true, refuses: false, delay: 0s}}}}}}}}'
            self._note(who, f"host {name} exists and answers", "a name outside the cluster", override)
        return known or Outside()

    def _ping(self, who: Who, host: str, timeout: int | None) -> Reply:
        """Pods and hosts answer, cluster IPs only under IPVS."""
        reply = self._resolve(who, host)
        address = reply.value.addresses[0] if isinstance(reply.value, Address) and reply.value.addresses else ""
        if address and not self._network.pings_services and self._is_cluster_ip(address):
            return Reply(NetError.TIMED_OUT, timeout or 0)
        return reply

    def _is_cluster_ip(self, address: str) -> bool:
        return address == API_ADDRESS or any(service.spec.cluster_ip == address for service in self._store.typed(Service))

    # ---- connections

    def _route(self, who: Who, host: str, port: int) -> Route:
        if self._is_api_server(who, host):
            return Route(Verdict.OUTSIDE)
        route = self._network.route(who.node, *self._dns_query(who, host), port)
        if route.verdict is not Verdict.OUTSIDE:
            return route
        outside = self._outside(who, host)
        verdict = Verdict.REFUSED if outside.refuses else Verdict.OUTSIDE if outside.resolves else Verdict.NO_SUCH_HOST
        return Route(verdict, host, port)

    def _failure(self, verdict: Verdict, timeout: int | None) -> Reply:
        waits = {Verdict.TIMEOUT: KERNEL_TIMEOUT if timeout is None else timeout, Verdict.NO_DNS: DNS_TIMEOUT}
        return Reply(ERRORS[verdict], waits.get(verdict, 0))

    def _connect(self, who: Who, host: str, port: int, timeout: int | None) -> Reply:
        route = self._route(who, host, port)
        if route.verdict is Verdict.OUTSIDE:
            return self._from_outside(who, route, None, timeout)
        return Reply(None) if route.verdict is Verdict.OK else self._failure(route.verdict, timeout)

    def _from_outside(self, who: Who, route: Route, value: object, timeout: int | None) -> Reply:
        """An answer of a host outside of the cluster, or a time-out. The API server has no delay."""
        delay = self._outside(who, route.address).delay if route.address else 0
        return Reply(NetError.TIMED_OUT, timeout) if timeout is not None and delay >= timeout else Reply(value, delay)

    def _exchange(self, who: Who, request: Exchange, host: str, port: int) -> Reply:
        route = self._route(who, host, port)
        if route.verdict is Verdict.OUTSIDE:
            return self._from_outside(who, route, "", request.timeout)
        listener = self._listener(route.address, route.port) if route.verdict is Verdict.OK else None
        return self._failure(route.verdict, request.timeout) if listener is None else exchange_reply(listener, request, self._engine.now)

    def _http(self, who: Who, request: HttpRequest, host: str, port: int) -> Reply:
        if self._is_api_server(who, host):
            pod = self._asking(who)
            refused = None if pod is None else refusal(self._store, request, pod)
            return refused or Reply(self._of_the_api_server(who, request))
        route = self._route(who, host, port)
        limit = min((limit for limit in (request.connect_timeout, request.timeout) if limit is not None), default=None)
        if route.verdict is Verdict.OUTSIDE:
            return self._from_outside(who, route, HttpResponse(200, unknown_body(request)), limit)
        listener = self._listener(route.address, route.port) if route.verdict is Verdict.OK else None
        if listener is None:
            return self._failure(route.verdict, limit)
        return http_reply(listener, request, route.port, self._engine.now, lambda what, why: self.note(who, what, why))

    def _of_the_api_server(self, who: Who, request: HttpRequest) -> HttpResponse:
        result = answer(self._store, request, who.namespace)
        if result is None:
            self.note(who, f"{request.method} {request.url} is answered with 200 and does nothing", "such requests are not simulated")
        return result or HttpResponse(200, "{}\n")
