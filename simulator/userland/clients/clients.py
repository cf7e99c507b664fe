"""Clients of databases and queues: is the server there, and what do they print when it is not."""

from __future__ import annotations

import re
from collections.abc import Generator
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import msgspec

from simulator.process.effects import Call, Effect, Program, Sleep, Write
from simulator.process.problems import UsageError
from simulator.process.world import Exchange, NetError
from simulator.units import SECOND
from simulator.userland.durations import duration
from simulator.userland.kubectl.letters import Options, long_options, options, own_up
from simulator.userland.net.network import UNRESOLVED, address_of
from simulator.userland.streams import Gen, out


class Target(msgspec.Struct, frozen=True):
    """Where a client goes; `given` is False when nothing named a host (a local socket for some)."""

    host: str
    port: int
    given: bool = True


def split_address(text: str, port: int) -> Target:
    """`host:port`, `scheme://user@host:port/x`, or a bare host."""
    if "://" in text:
        try:
            parts = urlsplit(text.split(",")[0])
            return Target(parts.hostname or "localhost", parts.port or port)
        except ValueError:
            raise UsageError(f"invalid address: {text}") from None
    host, _, number = text.split(",")[0].partition(":")
    return Target(host or "localhost", int(number) if number.isdigit() else port)


def ask(protocol: str, target: Target, request: str, timeout: int | None = None) -> Generator[Effect, Any, str | NetError]:
    """Say something to a server."""
    answer: str | NetError = yield Exchange(protocol, target.host, target.port, request, timeout)
    return answer


def target_of(chosen: Options, call: Call, host: str, port: str, variable: str, default: int) -> Target:
    """From options, or from the environment as the client reads it (`PGHOST`, ...)."""
    name = chosen.get(host) or call.env.get(f"{variable}HOST", "")
    if re.fullmatch(r"[^:/]+:\d+", name):
        return split_address(name, default)
    number = chosen.get(port) or call.env.get(f"{variable}PORT", "")
    return Target(name or "localhost", int(number) if number.isdigit() else default, bool(name))


def because(error: NetError) -> str:
    """The error as strerror(3) says it."""
    return "Connection timed out" if error is NetError.TIMED_OUT else error.value


_REDIS_ANSWERS = {"ping": "PONG", "set": "OK", "auth": "OK", "select": "OK", "save": "OK", "bgsave": "Background saving started"}
_REDIS_LONG = long_options("no-auth-warning=2 tls=2 raw=2 pass=a user=1 cacert=1 cert=1 key=1 insecure=2 askpass=2 csv=2 no-raw=2")


def redis_cli(call: Call) -> Gen:
    """`redis-cli [-h host] [-p port] command`: 1 without a connection; an error that redis answers is printed, status 0."""
    chosen = options(call.argv[1:], "2xcv", "hpanurist1d", _REDIS_LONG, stop=True, lenient=True)
    yield from own_up(call, chosen)
    target = split_address(chosen["u"], 6379) if "u" in chosen else target_of(chosen, call, "h", "p", "REDISCLI_", 6379)
    answer = yield from ask("redis", target, " ".join(chosen.rest))
    if isinstance(answer, NetError):
        why = "Name or service not known" if answer in UNRESOLVED else because(answer)
        where = "127.0.0.1" if not target.given else target.host
        yield Write(2, f"Could not connect to Redis at {where}:{target.port}: {why}\n")
        return 1
    if answer.startswith("-"):
        yield from out(answer[1:].rstrip("\n") + "\n")
        return 0
    known = _REDIS_ANSWERS.get(chosen.rest[0].lower() if chosen.rest else "", "")
    yield from out((answer.rstrip("\n") or known) + "\n" if answer or known else "")
    return 0


def mongosh(call: Call) -> Gen:
    """mongosh and mongo: 1 without a connection."""
    long = long_options(
        "host=h port=p username=u password=w eval=e quiet=q file=f authenticationDatabase=a tls=q norc=q "
        "tlsAllowInvalidCertificates=q tlsCAFile=a ssl=q json=a retryWrites=a shell=q tlsCertificateKeyFile=a sslCAFile=a "
        "sslPEMKeyFile=a tlsInsecure=q"
    )
    chosen = options(call.argv[1:], "qn", "hpuwefa", long, lenient=True)
    yield from own_up(call, chosen)
    url = next((r for r in chosen.rest if "://" in r or ":" in r), "")
    target = split_address(url, 27017) if url else target_of(chosen, call, "h", "p", "MONGO_", 27017)
    answer = yield from ask("mongodb", target, chosen.get("e", ""))
    if isinstance(answer, NetError):
        address = yield from address_of(target.host)
        why = f"getaddrinfo ENOTFOUND {target.host}" if isinstance(address, NetError) else f"connect ECONNREFUSED {address}:{target.port}"
        yield Write(2, f"MongoNetworkError: {why}\n")
        return 1
    if answer.startswith("-"):
        yield Write(2, f"MongoServerError: {answer[1:]}\n")
        return 1
    asked = chosen.get("e", "")
    yield from out(answer or ("1\n" if asked.rstrip(" ;)").endswith(".ok") else "{ ok: 1 }\n" if asked else ""))
    return 0


def cqlsh(call: Call) -> Gen:
    """`cqlsh [host [port]]`."""
    chosen = options(
        call.argv[1:],
        "C",
        "upekft",
        long_options(
            "ssl=C execute=e username=u password=p request-timeout=t connect-timeout=t keyspace=k file=f color=C no-color=C cqlversion=t "
            "encoding=t protocol-version=t cqlshrc=t credentials=t debug=C no-file-io=C"
        ),
        lenient=True,
    )
    yield from own_up(call, chosen)
    port = int(chosen.rest[1]) if len(chosen.rest) > 1 and chosen.rest[1].isdigit() else 9042
    target = Target(chosen.rest[0] if chosen.rest else call.env.get("CQLSH_HOST", "127.0.0.1"), port)
    answer = yield from ask("cassandra", target, chosen.get("e", ""))
    if isinstance(answer, NetError) or answer.startswith("-"):
        why = f"{{'{target.host}:{port}': ConnectionRefusedError(111, 'Tried connecting')}}"
        yield Write(2, f"Connection error: ('Unable to connect to any servers', {why})\n")
        return 1
    yield from out(answer)
    return 0


KAFKA_PATIENCE = 60 * SECOND  # default.api.timeout.ms of Kafka's admin client


def kafka(call: Call) -> Gen:
    """Kafka's admin scripts: they try for a minute, then give up with 1."""
    args = list(call.argv[1:])
    address = next(
        (args[i + 1] for i, a in enumerate(args[:-1]) if a in ("--bootstrap-server", "--broker-list", "--bootstrap-servers")), ""
    )
    address = address or next((a.partition("=")[2] for a in args if a.startswith("--bootstrap-server=")), "localhost:9092")
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
    yield from out(answer or (f"{target.host}:{target.port} (id: 0 rack: null) -> (\n)\n" if "api-versions" in call.name else ""))
    return 0


def etcdctl(call: Call) -> Gen:
    """`etcdctl endpoint health|status`, `member list`: one endpoint that does not answer in 5 s is a failure."""
    args = list(call.argv[1:])
    named = dict(a.partition("=")[::2] for a in args if a.startswith("--") and "=" in a)
    named |= {name: value for name, value in pairwise(args) if name in ("--endpoints", "--command-timeout")}
    given = named.get("--endpoints") or call.env.get("ETCDCTL_ENDPOINTS") or call.env.get("ETCDCTL_PEERS") or "127.0.0.1:2379"
    patience = duration(named.get("--command-timeout", "5s")) or 5 * SECOND
    status = 0
    for text in given.split(","):
        answer = yield from ask("etcd", split_address(text, 2379), " ".join(a for a in args if not a.startswith("-")))
        if isinstance(answer, NetError) or answer.startswith("-"):
            yield Sleep(patience)
            yield Write(2, f"{text} is unhealthy: failed to commit proposal: context deadline exceeded\nError: unhealthy cluster\n")
            status = 1
        else:
            yield from out(
                answer or (f"{text} is healthy: successfully committed proposal: took = 1.000000ms\n" if "health" in args else "")
            )
    return status


def grpc_health_probe(call: Call) -> Gen:
    """0 serving, 2 no connection within a second, 4 not serving."""
    given = dict(a.lstrip("-").partition("=")[::2] for a in call.argv[1:])
    for name, value in zip(call.argv[1:], call.argv[2:], strict=False):
        if name.startswith("-") and "=" not in name and not value.startswith("-"):
            given[name.lstrip("-")] = value
    address = given.get("addr", "localhost:0")
    wait = given.get("connect-timeout", "1s")
    answer = yield from ask("grpc", split_address(address, 0), given.get("service", ""), SECOND)
    if isinstance(answer, NetError):
        if answer is not NetError.TIMED_OUT:
            yield Sleep(SECOND)
        yield Write(2, f'timeout: failed to connect service "{address}" within {wait}\n')
        return 2
    if answer.startswith("-"):
        yield Write(2, f'service unhealthy (responded with "{answer[1:] or "NOT_SERVING"}")\n')
        return 4
    yield from out("status: SERVING\n")
    return 0


def local(protocol: str, port: int, good: str, bad: str, options: tuple[str, ...] = (), variable: str = "") -> Any:
    """A tool that asks the server in its own container (rabbitmq-diagnostics, nodetool ...): prints `good` or `bad`, status 0 or 1.

    `options` and the environment's `variable` name another one (`rabbit@host`, or a host).
    """

    def command(call: Call) -> Gen:
        """Ask the server."""
        named = dict(zip(call.argv[1:], call.argv[2:], strict=False))
        node = next((named[option] for option in options if option in named), call.env.get(variable, ""))
        number = named.get("-p", "")
        host = node.rpartition("@")[2] or "localhost"
        answer = yield from ask(protocol, Target(host, int(number) if number.isdigit() else port), " ".join(call.argv[1:]))
        if isinstance(answer, NetError) or answer.startswith("-"):
            yield Write(2, bad + "\n")
            return 1
        yield from out(answer or good + "\n")
        return 0

    return command


_RABBIT = local(
    "amqp",
    5672,
    "Ping succeeded",
    "Error: unable to perform an operation on node 'rabbit@localhost'",
    ("-n", "--node"),
    "RABBITMQ_NODENAME",
)
_KAFKA = ("acls", "broker-api-versions", "cluster", "configs", "consumer-groups", "log-dirs", "metadata-quorum", "topics")

COMMANDS: dict[str, Program] = {
    "cqlsh": cqlsh,
    "etcdctl": etcdctl,
    "grpc-health-probe": grpc_health_probe,
    "grpc_health_probe": grpc_health_probe,
    "keydb-cli": redis_cli,
    "mongo": mongosh,
    "mongosh": mongosh,
    "nodetool": local(
        "cassandra", 7199, "UN 127.0.0.1", "nodetool: Failed to connect to '127.0.0.1:7199' - Connection refused", ("-h", "--host")
    ),
    "rabbitmq-diagnostics": _RABBIT,
    "rabbitmqctl": _RABBIT,
    "redis-cli": redis_cli,
    "valkey-cli": redis_cli,
    **{f"kafka-{name}{end}": kafka for name in _KAFKA for end in ("", ".sh")},
}
