"""Admin tools of brokers and clusters, and probes of one's own server: Kafka's scripts, rabbitmqctl, nodetool, grpc_health_probe."""

from __future__ import annotations

from simulator.process.effects import Call, Process, Program, Sleep, Write
from simulator.process.world import NetError
from simulator.units import SECOND
from simulator.userland.clients.targets import Target, ask, split_address
from simulator.userland.flags import Flags, Unknown, either, switch, value, values_of
from simulator.userland.streams import out

KAFKA_PATIENCE = 60 * SECOND  # default.api.timeout.ms of Kafka's admin client
_KAFKA = ("acls", "broker-api-versions", "cluster", "configs", "consumer-groups", "log-dirs", "metadata-quorum", "topics")


def kafka(call: Call) -> Process:
    """Kafka's admin scripts: they try for a minute, then give up with 1."""
    args = call.argv[1:]
    address = next(values_of(args, "--bootstrap-server --broker-list --bootstrap-servers"), "localhost:9092")
    target, waited = split_address(address, 9092), 0
    while True:
        answer = yield from ask("kafka", target, " ".join([call.name, *args]))
        if not isinstance(answer, NetError):
            break
        if waited >= KAFKA_PATIENCE:
            yield Write(2, "Timed out waiting for a node assignment.\n")
            return 1
        yield Sleep(SECOND)
        waited += SECOND
    if answer.startswith("-"):
        yield Write(2, answer[1:] + "\n")
        return 1
    if answer or "api-versions" in call.name:
        yield from out(answer or f"{target} (id: 0 rack: null) -> (\n)\n")
    return 0


class GrpcProbeFlags(Flags, unknown=Unknown.SKIP):
    """The options of grpc_health_probe, in Go's style."""

    addr = value(*either("addr"), default="localhost:0")
    service = value(*either("service"), default="")
    connect_timeout = value(*either("connect-timeout"), default="1s")
    without_effect = switch(*either("tls", "tls-no-verify", "v", "gzip", "spiffe", "alts", "version"))
    without_effect_values = value(
        *either("rpc-timeout", "rpc-header", "user-agent", "tls-ca-cert", "tls-client-cert", "tls-client-key", "tls-server-name")
    )


def grpc_health_probe(call: Call) -> Process:
    """0 serving, 2 no connection within a second, 4 not serving."""
    given = GrpcProbeFlags.parse(call.argv[1:])
    answer = yield from ask("grpc", split_address(given.addr, 0), given.service, SECOND)
    if isinstance(answer, NetError):
        if answer is not NetError.TIMED_OUT:
            yield Sleep(SECOND)  # it dials again until its own timeout, even when the connection is refused at once
        yield Write(2, f'timeout: failed to connect service "{given.addr}" within {given.connect_timeout}\n')
        return 2
    if answer.startswith("-"):
        yield Write(2, f'service unhealthy (responded with "{answer[1:] or "NOT_SERVING"}")\n')
        return 4
    yield from out("status: SERVING\n")
    return 0


def _local(protocol: str, port: int, *, good: str, bad: str, local: str, node_options: str, variable: str = "") -> Program:
    """A tool that asks the server in its own container, the node `local`: prints `good` or `bad`, and ends with 0 or 1.

    `node_options` and the environment's `variable` name another one (`rabbit@host`, or a host).
    """

    def command(call: Call) -> Process:
        """Ask the server."""
        args = call.argv[1:]
        node = next(values_of(args, node_options), call.env.get(variable, ""))
        number = next(values_of(args, "-p"), "")
        target = Target(node.rpartition("@")[2] or "localhost", int(number) if number.isdigit() else port)
        answer = yield from ask(protocol, target, " ".join(args))
        if isinstance(answer, NetError) or answer.startswith("-"):
            yield Write(2, bad.format(node or local) + "\n")
            return 1
        yield from out(answer or good + "\n")
        return 0

    return command


_RABBIT = _local(
    "amqp",
    5672,
    good="Ping succeeded",
    bad="Error: unable to perform an operation on node '{}'. Please see diagnostics information and suggestions below.",
    local="rabbit@localhost",
    node_options="-n --node",
    variable="RABBITMQ_NODENAME",
)
_NODETOOL = _local(
    "cassandra",
    7199,
    good="UN 127.0.0.1",
    bad="nodetool: Failed to connect to '{}:7199' - ConnectException: 'Connection refused (Connection refused)'.",
    local="127.0.0.1",
    node_options="-h --host",
)

COMMANDS: dict[str, Program] = {
    "grpc-health-probe": grpc_health_probe,
    "grpc_health_probe": grpc_health_probe,
    "nodetool": _NODETOOL,
    "rabbitmq-diagnostics": _RABBIT,
    "rabbitmqctl": _RABBIT,
    **{f"kafka-{name}{end}": kafka for name in _KAFKA for end in ("", ".sh")},
}
