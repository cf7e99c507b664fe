"""Clients that differ only in where they connect: each is a row of a table. They end with 0 when their server is there, else with 1."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Generator, Iterator
from typing import Any, NamedTuple

from simulator.process.effects import Call, Effect, Program, Sleep, Write
from simulator.process.fileio import absolute, write_file
from simulator.process.world import Connect, NetError, Random, UnknownCommand
from simulator.units import SECOND
from simulator.userland.clients.clients import Target, ask, because, split_address
from simulator.userland.net.network import UNRESOLVED
from simulator.userland.streams import Gen, out

ATTEMPT_TIMEOUT = 5 * SECOND
"""How long a client of which nobody knows more tries to connect."""

LONGEST_FLYWAY_PAUSE = 120
"""Seconds between two attempts of Flyway to connect (`connectRetriesInterval`)."""


class Peer(NamedTuple):
    """How a client names its server: options with a host, with a port, with an address (`host:port` or a URL), variables, operands.

    `bare`: a client that names no server means its own container; the others then do something that is not known.
    `pause`: seconds until it gives up on a server that is not there.
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
_OPERAND = re.compile(
    r"(?:[a-zA-Z][\w+.-]*://)?(?:[^/@\s]*@)?[A-Za-z0-9_][\w.-]*:\d{1,5}(?:[/,?].*)?|[a-zA-Z][\w+.-]*://\S+|TCP[46]?:\S+", re.ASCII
)
DEFAULT_PORTS = {
    "amqp": 5672, "amqps": 5671, "bolt": 7687, "clickhouse": 9000, "http": 80, "https": 443, "kafka": 9092, "ldap": 389, "ldaps": 636,
    "mariadb": 3306, "mongodb": 27017, "mongodb+srv": 27017, "mqtt": 1883, "mysql": 3306, "nats": 4222, "neo4j": 7687,
    "postgres": 5432, "postgresql": 5432, "redis": 6379, "rediss": 6379, "sqlserver": 1433,
}  # fmt: skip
"""The port that a URL means which names none, by its scheme."""


def address(text: str, port: int) -> Target:
    """Where a client goes that is given `text`: a URL (also of JDBC), `host:port`, `host,port` or a bare host."""
    text = re.sub(r"^(jdbc:|tcp:(?!//)|TCP[46]?:)", "", text.strip())
    if "://" in text:
        return split_address(text, DEFAULT_PORTS.get(text.partition("://")[0].lower(), port))
    if match := re.fullmatch(r"([\w.-]+),(\d+)", text):
        return Target(match[1], int(match[2]))
    if match := re.search(r"@(?:tcp\()?([\w.-]+:\d+)", text):  # user:password@tcp(host:port)/name, as Go's MySQL driver has it
        text = match[1]
    return split_address(text.partition("/")[0], port)


def _values(args: tuple[str, ...], names: str) -> Iterator[str]:
    """The values of the options that are called so: `--host x`, `--host=x`, and of one letter also `-hx`."""
    wanted = names.split()
    for at, arg in enumerate(args):
        name, equals, value = arg.partition("=")
        if name in wanted and equals:
            yield value
        elif arg in wanted and at + 1 < len(args):
            yield args[at + 1]
        elif len(arg) > 2 and arg[:2] in wanted and not arg.startswith("--"):
            yield arg[2:]


def where(peer: Peer, call: Call) -> Target | None:
    """The server that a command line and its environment name; None: none is named."""
    args = call.argv[1:]
    port = next((int(v) for v in _values(args, peer.ports) if v.isdigit()), peer.port)
    named = [*_values(args, peer.addresses), *_values(args, peer.hosts)]
    named += [a for a in args if peer.operands and _OPERAND.fullmatch(a)] + [call.env[v] for v in peer.variables.split() if call.env.get(v)]
    if named:
        return address(named[0], port)
    if peer.operands and (plain := [a for a in args if re.fullmatch(r"[\w-]+(\.[\w-]+)+(/.*)?", a)]):
        return address(plain[0], port)
    return None


def attempt(target: Target) -> Program:
    """A client of which only its server is known: 0 when that accepts connections, else 1."""

    def command(call: Call) -> Gen:
        made = yield Connect(target.host, target.port, ATTEMPT_TIMEOUT)
        if isinstance(made, NetError):
            yield Write(2, f"{call.name}: {target.host}:{target.port}: {_why(made)}\n")
        return int(isinstance(made, NetError))

    return command


def _why(error: NetError) -> str:
    return "Name or service not known" if error in UNRESOLVED else because(error)


def named_in(call: Call) -> Target | None:
    """The server that the arguments of any command seem to name, with its port; None: they do not."""
    args = call.argv[1:]
    host = next(_values(args, "--host --hostname --server"), "")
    port = next((v for v in _values(args, "--port -p -P") if v.isdigit()), "")
    if host and port:
        return Target(host, int(port))
    found = [
        address(text, 0) for text in (host, *(a.partition("=")[2] if a.startswith("-") else a for a in args)) if _OPERAND.fullmatch(text)
    ]
    return next((target for target in found if target.host and target.port), None)


def client(call: Call) -> Gen:
    """Connect to the server that the arguments name: 0, or 1 without a connection."""
    peer = PEERS[call.name]
    target = where(peer, call)
    if target is None and not peer.bare:
        program: Program | None = yield UnknownCommand(call, "step")
        return (yield from program(call)) if program else 127
    target = target or Target("localhost", peer.port)
    answer = yield from _asked(peer, target, call)
    if isinstance(answer, NetError) or answer.startswith("-"):
        yield Sleep(peer.pause * SECOND)
        why = _why(answer) if isinstance(answer, NetError) else answer[1:]
        yield Write(2, f"{call.name}: cannot connect to {target.host}:{target.port}: {why}\n")
        return 1
    yield from out(answer)
    return 0


def _asked(peer: Peer, target: Target, call: Call) -> Generator[Effect, Any, str | NetError]:
    """The server's answer; Flyway tries as often as it is told, with pauses that double up to two minutes."""
    given = next(_values(call.argv[1:], "-connectRetries"), call.env.get("FLYWAY_CONNECT_RETRIES", "")) if call.name == "flyway" else ""
    tries = int(given) if given.isdigit() else 0
    for turn in range(tries + 1):
        answer = yield from ask(peer.protocol, target, " ".join(call.argv[1:]), ATTEMPT_TIMEOUT)
        if not isinstance(answer, NetError) or turn == tries:
            break
        yield Sleep(min(2**turn, LONGEST_FLYWAY_PAUSE) * SECOND)
    return answer


def openssl(call: Call) -> Gen:
    """`openssl s_client -connect host:port`, `openssl rand`; what else it does is not known, but it writes the files that it names."""
    args = call.argv[1:]
    given = next(_values(args, "-connect"), "")
    if args[:1] == ("s_client",) and given:
        return (yield from attempt(address(given, 443))(call))
    if args[:1] == ("rand",) and args[-1].isdigit():
        text = ""
        for _ in range(int(args[-1])):
            text += f"{(yield Random(256)):02x}"
        yield from out((b64encode(bytes.fromhex(text)).decode() if "-base64" in args else text) + "\n")
        return 0
    program: Program | None = yield UnknownCommand(call, "step")
    for path in _values(args, "-out -keyout"):
        yield from write_file(absolute(call, path), f"-----BEGIN {args[0].upper()}-----\n")
    return (yield from program(call)) if program else 127


def nmap(call: Call) -> Gen:
    """`nmap -p port host`: always 0, the answer is in the text."""
    ports = [int(p) for text in _values(call.argv[1:], "-p") for p in re.findall(r"\d+", text)]
    hosts = [a for at, a in enumerate(call.argv) if at and not a.startswith("-") and call.argv[at - 1] != "-p"]
    for host in hosts:
        yield from out(f"Nmap scan report for {host}\nPORT     STATE  SERVICE\n")
        for port in ports:
            made = yield Connect(host, port, ATTEMPT_TIMEOUT)
            state = {NetError.REFUSED: "closed"}.get(made, "filtered") if isinstance(made, NetError) else "open"
            yield from out(f"{port}/tcp {state} unknown\n")
    return 0


COMMANDS: dict[str, Program] = {**dict.fromkeys(PEERS, client), "nmap": nmap, "openssl": openssl}
