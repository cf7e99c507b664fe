"""Clients that differ only in where they connect: each is a row of a table. They end with 0 when their server answers, else with 1."""

from __future__ import annotations

import re
from typing import NamedTuple

from simulator.process.effects import Call, Effects, Process, Program, Sleep
from simulator.process.world import NetError, UnknownCommand
from simulator.units import SECOND
from simulator.userland.clients.attempts import ATTEMPT_TIMEOUT, OPERAND
from simulator.userland.clients.targets import Target, address, ask, error_text_with_names
from simulator.userland.flags import values_of
from simulator.userland.streams import complain, out

LONGEST_FLYWAY_PAUSE = 120
"""Seconds between two attempts of Flyway to connect (`connectRetriesInterval`)."""
_BARE_HOST = re.compile(r"[\w-]+(\.[\w-]+)+(/.*)?")


class Peer(NamedTuple):
    """How a client names its server. Its other options are unknown and change nothing.

    Attributes:
        protocol: What it speaks (see `Exchange`).
        port: Its usual port.
        hosts: Options whose value is a host.
        ports: Options whose value is a port.
        addresses: Options whose value is `host:port` or a URL.
        variables: Environment variables with an address.
        operands: Whether an operand may be an address.
        bare: Without any of these it means a server in its own container; the others then do something unknown.
        pause: Seconds until it gives up on a server that does not answer.
    """

    protocol: str
    port: int
    hosts: str = ""
    ports: str = ""
    addresses: str = ""
    variables: str = ""
    operands: bool = False
    bare: bool = True
    pause: int = 0


_CLICKHOUSE = Peer("clickhouse", 9000, "-h --host", "--port")
_LDAP = Peer("ldap", 389, "-h", "-p", "-H")
_MEMCACHED = Peer("memcached", 11211, addresses="--servers -s")
_MOSQUITTO = Peer("mqtt", 1883, "-h --host", "-p --port", "-L")
_SQLCMD = Peer("mssql", 1433, addresses="-S", variables="SQLCMDSERVER")
_ZOOKEEPER = Peer("zookeeper", 2181, addresses="-server --server", operands=True)
_MIGRATION = Peer(
    "database", 5432, addresses="-url --url -database --database --db-url --connection-string", variables="DATABASE_URL DB_URL", bare=False
)
_KCAT = Peer("kafka", 9092, addresses="-b", pause=5)  # kcat waits 5 s for metadata (-m)

PEERS = {
    "arangosh": Peer("arangodb", 8529, addresses="--server.endpoint"),
    "aws": Peer("http", 443, addresses="--endpoint-url --endpoint", variables="AWS_ENDPOINT_URL", bare=False),
    "clickhouse": _CLICKHOUSE,
    "clickhouse-client": _CLICKHOUSE,
    "cockroach": Peer("postgres", 26257, addresses="--host --url", variables="COCKROACH_HOST COCKROACH_URL", bare=False),
    "consul": Peer("http", 8500, addresses="-http-addr --http-addr", variables="CONSUL_HTTP_ADDR"),
    "cypher-shell": Peer("neo4j", 7687, addresses="-a --address"),
    "dbmate": _MIGRATION._replace(addresses="-u --url"),
    "flyway": _MIGRATION._replace(variables="FLYWAY_URL"),
    "grpcurl": Peer("grpc-any", 443, operands=True),
    "http": Peer("http", 80, operands=True),
    "https": Peer("http", 443, operands=True),
    "influx": Peer("http", 8086, addresses="--host -host", variables="INFLUX_HOST"),
    "kafkacat": _KCAT,
    "kcat": _KCAT,
    "ldapsearch": _LDAP,
    "ldapwhoami": _LDAP,
    "liquibase": _MIGRATION._replace(variables="LIQUIBASE_COMMAND_URL"),
    "mc": Peer("http", 9000, operands=True, bare=False),
    "memcping": _MEMCACHED,
    "memcstat": _MEMCACHED,
    "migrate": _MIGRATION,
    "mosquitto_pub": _MOSQUITTO,
    "mosquitto_sub": _MOSQUITTO,
    "mysqldump": Peer("mysql", 3306, "-h --host", "-P --port", variables="MYSQL_HOST"),
    "nats": Peer("nats", 4222, addresses="-s --server", variables="NATS_URL"),
    "pulsar-admin": Peer("http", 8080, addresses="--admin-url"),
    "rabbitmqadmin": Peer("http", 15672, "-H --host", "-P --port"),
    "socat": Peer("tcp", 0, operands=True, bare=False),
    "sqlcmd": _SQLCMD,
    "ssh-keyscan": Peer("ssh", 22, ports="-p", operands=True),
    "tctl": Peer("grpc-any", 7233, addresses="--address --ad", variables="TEMPORAL_CLI_ADDRESS"),
    "temporal": Peer("grpc-any", 7233, addresses="--address", variables="TEMPORAL_ADDRESS"),
    "vault": Peer("http", 8200, addresses="-address --address", variables="VAULT_ADDR"),
    "xh": Peer("http", 80, operands=True),
    "zkCli.sh": _ZOOKEEPER,
    "zookeeper-shell": _ZOOKEEPER,
    "zookeeper-shell.sh": _ZOOKEEPER,
}


def named_server(peer: Peer, call: Call) -> Target | None:
    """The server that a command line and its environment name; None: none is named."""
    args = call.argv[1:]
    port = next((int(v) for v in values_of(args, peer.ports) if v.isdigit()), peer.port)
    addresses = [*values_of(args, peer.addresses), *values_of(args, peer.hosts)]
    addresses += [a for a in args if peer.operands and OPERAND.fullmatch(a)]
    addresses += [call.env[v] for v in peer.variables.split() if call.env.get(v)]
    if addresses:
        return address(addresses[0], port)
    bare_hosts = [a for a in args if peer.operands and _BARE_HOST.fullmatch(a)]
    return address(bare_hosts[0], port) if bare_hosts else None


def client(call: Call) -> Process:
    """Connect to the server that the arguments name: 0, or 1 without a connection."""
    peer = PEERS[call.name]
    target = named_server(peer, call)
    if target is None and not peer.bare:
        program: Program | None = yield UnknownCommand(call, "step")
        return (yield from program(call)) if program else 127
    target = target or Target("localhost", peer.port)
    answer = yield from _answer(peer, target, call)
    if isinstance(answer, NetError) or answer.startswith("-"):
        yield Sleep(peer.pause * SECOND)
        why = error_text_with_names(answer) if isinstance(answer, NetError) else answer[1:]
        return (yield from complain(call, f"cannot connect to {target}: {why}"))
    yield from out(answer)
    return 0


def _answer(peer: Peer, target: Target, call: Call) -> Effects[str | NetError]:
    """The server's answer. Flyway tries as often as -connectRetries says, with pauses that double up to two minutes."""
    retries = ""
    if call.name == "flyway":
        retries = next(values_of(call.argv[1:], "-connectRetries"), call.env.get("FLYWAY_CONNECT_RETRIES", ""))
    tries = int(retries) if retries.isdigit() else 0
    for turn in range(tries + 1):
        answer = yield from ask(peer.protocol, target, " ".join(call.argv[1:]), ATTEMPT_TIMEOUT)
        if not isinstance(answer, NetError) or turn == tries:
            break
        yield Sleep(min(2**turn, LONGEST_FLYWAY_PAUSE) * SECOND)
    return answer


COMMANDS: dict[str, Program] = dict.fromkeys(PEERS, client)
