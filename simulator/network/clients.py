"""Clients that send requests to Services at a rate, and the results while pods start, roll over, stop or lose their node.

A request is routed by the rules that kube-proxy has programmed on its node, takes its time, and fails when its container ends meanwhile.
The journal has a Fact `request` for each second, pod and result.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from simulator.container.behavior import Behavior
from simulator.engine import Engine, Order, Process
from simulator.engine.durations import Duration, Exponential, Fixed
from simulator.journal.journal import Journal
from simulator.journal.records import Cause, Fact
from simulator.network.network import NO_ANSWER, Network, Verdict, Whose
from simulator.network.traffic import Traffic
from simulator.objects.kinds import Key
from simulator.units import SECOND

if TYPE_CHECKING:
    from simulator.network.requests import Listener

OK, REFUSED, RESET, TIMED_OUT, NO_SUCH_HOST, FAILED = "ok", "refused", "reset", "timed out", "no such host", "failed"
"""Results of requests. Reset: the container ended before it answered. Failed: an answer of 500 or more."""
SERVER_ERROR = 500
RESULTS = {
    Verdict.REFUSED: REFUSED,
    Verdict.TIMEOUT: TIMED_OUT,
    Verdict.NO_SUCH_HOST: NO_SUCH_HOST,
    Verdict.NO_DNS: NO_SUCH_HOST,
    Verdict.DNS_REFUSED: NO_SUCH_HOST,
    Verdict.DNS_FAILED: NO_SUCH_HOST,
    Verdict.OUTSIDE: NO_SUCH_HOST,
}
TRAFFIC = Cause(0, "traffic")


class Outcome(NamedTuple):
    """The result of a request: when it was known, the pod it went to, and how long it took."""

    result: str
    t: int
    pod: Whose = NO_ANSWER
    took: int = 0


class Connection(NamedTuple):
    """Where a connection ends: the address of which pod, and the run of a container that answers there."""

    pod: Whose
    address: str
    port: int
    listener: Behavior


class Clients:
    """Simulates one entry of a Scenario's traffic; `nodes` are those of the cluster."""

    def __init__(self, engine: Engine, journal: Journal, network: Network, listener: Listener, nodes: list[str], traffic: Traffic) -> None:
        self._engine = engine
        self._journal = journal
        self._network = network
        self._listener = listener
        self._traffic = traffic
        self._nodes = [traffic.node] if traffic.node else nodes
        self._key = Key("Service", traffic.namespace, traffic.service)
        self._open: dict[int, Connection] = {}
        self._pods: dict[Behavior, Whose] = {}
        self._unwritten: dict[int, Counter[tuple[str, Whose]]] = {}
        self._slow: Counter[tuple[int, Whose]] = Counter()
        self._sent = 0

    def start(self, horizon: int) -> None:
        """Start sending requests."""
        self._engine.start(self._arrivals(horizon if self._traffic.end is None else min(self._traffic.end, horizon)))
        self._engine.call_at(horizon, self._flush, Order.OBSERVE)

    def _arrivals(self, end: int) -> Process[None]:
        traffic, streams = self._traffic, self._engine.streams
        gap = round(SECOND / traffic.rate)
        between: Duration = Exponential(gap) if traffic.poisson else Fixed(gap)
        yield self._engine.sleep(max(0, traffic.begin - self._engine.now), Order.OBSERVE)
        while self._engine.now < end:
            self._engine.start(self._request(self._sent))
            self._sent += 1
            yield self._engine.sleep(between.draw(streams, "traffic", *self._key, "gap"), Order.OBSERVE)

    def _request(self, number: int) -> Process[None]:
        """One request, from its connection to its result."""
        traffic, begin = self._traffic, self._engine.now
        node = self._nodes[number % len(self._nodes)]
        connection = self._connection(number % traffic.connections if traffic.keep_alive else None, node)
        if isinstance(connection, Outcome):
            if connection.result == TIMED_OUT:
                yield self._engine.sleep(traffic.timeout, Order.OBSERVE)
            self._note(connection._replace(t=self._engine.now, took=self._engine.now - begin))
            return
        connection.listener.served(begin)
        answer = connection.listener.http(connection.port, traffic.path, begin)
        takes = answer.delay + traffic.takes.draw(self._engine.streams, "traffic", *self._key, "takes")
        yield self._engine.sleep(min(takes, traffic.timeout), Order.OBSERVE)
        ended = connection.listener.ended_at
        if ended is not None and ended < begin + min(takes, traffic.timeout):
            self._note(Outcome(RESET, ended, connection.pod, ended - begin))
        elif takes > traffic.timeout or self._network.is_cut_off(node, connection.address):
            self._note(Outcome(TIMED_OUT, self._engine.now, connection.pod, traffic.timeout))
        else:
            self._note(Outcome(FAILED if answer.code >= SERVER_ERROR else OK, self._engine.now, connection.pod, takes))

    def _connection(self, client: int | None, node: str) -> Connection | Outcome:
        """The client's open connection, or a new one, or the reason that there is none."""
        kept = None if client is None else self._open.get(client)
        if kept is not None and kept.listener.ended_at is None and kept.listener.listens(kept.port):
            return kept
        port = self._traffic.port or self._network.first_port(self._key)
        route = self._network.route(node, self._key.namespace, self._key.name, port)
        if route.verdict is not Verdict.OK:
            return Outcome(RESULTS[route.verdict], self._engine.now, self._network.whose(route.address))
        listener = self._listener(route.address, route.port)
        if listener is None:
            return Outcome(REFUSED, self._engine.now, self._network.whose(route.address))
        if listener not in self._pods:
            self._pods[listener] = self._network.whose(route.address)
        made = Connection(self._pods[listener], route.address, route.port, listener)
        if client is not None:
            self._open[client] = made
        return made

    # ---- facts for the journal

    def _note(self, outcome: Outcome) -> None:
        second = outcome.t // SECOND
        if second not in self._unwritten:
            self._engine.call_at(max(self._engine.now, (second + 1) * SECOND), self._flush, Order.OBSERVE)
        self._unwritten.setdefault(second, Counter())[outcome.result, outcome.pod] += 1
        if outcome.result == OK and outcome.took >= self._traffic.slow:
            self._slow[second, outcome.pod] += 1

    def _flush(self) -> None:
        """Write the facts of the seconds that have passed."""
        pending, self._unwritten = self._unwritten, {}
        for second, counts in sorted(pending.items()):
            for (result, pod), count in sorted(counts.items()):
                data: dict[str, object] = {"second": second, "result": result, "count": count}
                if pod.name:
                    data |= {"pod": pod.name, "node": pod.node}
                if result == OK and (slow := self._slow.pop((second, pod), 0)):
                    data["slow"] = slow
                self._journal.append(Fact(self._engine.now, "request", self._key, data, TRAFFIC))
