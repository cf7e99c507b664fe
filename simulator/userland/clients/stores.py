"""Clients of key-value and document stores: redis-cli, mongosh, cqlsh, etcdctl."""

from __future__ import annotations

from simulator.process.effects import Call, Process, Program, Sleep, Write
from simulator.process.world import NetError
from simulator.units import SECOND
from simulator.userland.busybox.tool import address_of
from simulator.userland.clients.targets import Target, ask, error_text_with_names, split_address, target_of
from simulator.userland.durations import duration
from simulator.userland.flags import Flags, Unknown, report_ignored, switch, value, values_of
from simulator.userland.streams import out

_REDIS_ANSWERS = {"ping": "PONG", "set": "OK", "auth": "OK", "select": "OK", "save": "OK", "bgsave": "Background saving started"}
"""What redis answers to commands whose answer does not depend on its data."""


class RedisFlags(
    Flags, unknown=Unknown.REPORT, stop=True, missing="Unrecognized option or bad number of args for: '{option}'", missing_status=1
):
    """The options of redis-cli; behind the first operand everything is the command."""

    host = value("-h")
    port = value("-p")
    url = value("-u")
    without_effect = switch(
        "-2", "-3", "-x", "-c", "-v", "--no-auth-warning", "--tls", "--raw", "--insecure", "--askpass", "--csv", "--no-raw"
    )
    without_effect_values = value(*("-" + c for c in "anristd"), "--pass", "--user", "--cacert", "--cert", "--key")


def redis_cli(call: Call) -> Process:
    """`redis-cli [-h host] [-p port] command`: 1 without a connection; an error that redis answers is printed, status 0."""
    given = RedisFlags.parse(call.argv[1:])
    yield from report_ignored(call, given)
    if given.url is not None:
        target = split_address(given.url, 6379)
    else:
        target = target_of(given.host, given.port, call, "REDISCLI_", 6379)
    answer = yield from ask("redis", target, " ".join(given.operands))
    if isinstance(answer, NetError):
        where = target.host if target.given else "127.0.0.1"
        yield Write(2, f"Could not connect to Redis at {where}:{target.port}: {error_text_with_names(answer)}\n")
        return 1
    if answer.startswith("-"):
        yield from out(answer[1:].rstrip("\n") + "\n")
        return 0
    known = _REDIS_ANSWERS.get(given.operands[0].lower() if given.operands else "", "")
    yield from out((answer.rstrip("\n") or known) + "\n" if answer or known else "")
    return 0


class MongoFlags(Flags, unknown=Unknown.REPORT):
    """The options of mongosh and mongo."""

    host = value("-h", "--host")
    port = value("-p", "--port")
    eval = value("-e", "--eval", default="")
    without_effect = switch("-q", "-n", "--quiet", "--tls", "--norc", "--tlsAllowInvalidCertificates", "--ssl", "--shell", "--tlsInsecure")
    without_effect_values = value(
        *("-u", "-w", "-f", "-a", "--username", "--password", "--file", "--authenticationDatabase", "--tlsCAFile", "--json"),
        *("--retryWrites", "--tlsCertificateKeyFile", "--sslCAFile", "--sslPEMKeyFile"),
    )


def mongosh(call: Call) -> Process:
    """mongosh and mongo: 1 without a connection."""
    given = MongoFlags.parse(call.argv[1:])
    yield from report_ignored(call, given)
    url = next((word for word in given.operands if "://" in word or ":" in word), "")
    target = split_address(url, 27017) if url else target_of(given.host, given.port, call, "MONGO_", 27017)
    answer = yield from ask("mongodb", target, given.eval)
    if isinstance(answer, NetError):
        address = yield from address_of(target.host)
        if isinstance(address, NetError):
            why = f"getaddrinfo ENOTFOUND {target.host}"
        else:
            why = f"connect ECONNREFUSED {address}:{target.port}"
        yield Write(2, f"MongoNetworkError: {why}\n")
        return 1
    if answer.startswith("-"):
        yield Write(2, f"MongoServerError: {answer[1:]}\n")
        return 1
    yield from out(answer or _mongo_answer(given.eval))
    return 0


def _mongo_answer(script: str) -> str:
    """What a script most likely prints: `db.adminCommand('ping').ok` and its like are 1."""
    if not script:
        return ""
    return "1\n" if script.rstrip(" ;)").endswith(".ok") else "{ ok: 1 }\n"


class CqlshFlags(Flags, unknown=Unknown.REPORT):
    """The options of cqlsh."""

    execute = value("-e", "--execute", default="")
    without_effect = switch("-C", "--ssl", "--color", "--no-color", "--debug", "--no-file-io")
    without_effect_values = value(
        *("-u", "-p", "-k", "-f", "-t", "--username", "--password", "--request-timeout", "--connect-timeout", "--keyspace", "--file"),
        *("--cqlversion", "--encoding", "--protocol-version", "--cqlshrc", "--credentials"),
    )


def cqlsh(call: Call) -> Process:
    """`cqlsh [host [port]]`: 1 without a connection."""
    given = CqlshFlags.parse(call.argv[1:])
    yield from report_ignored(call, given)
    operands = given.operands
    port = int(operands[1]) if len(operands) > 1 and operands[1].isdigit() else 9042
    target = Target(operands[0] if operands else call.env.get("CQLSH_HOST", "127.0.0.1"), port)
    answer = yield from ask("cassandra", target, given.execute)
    if isinstance(answer, NetError) or answer.startswith("-"):
        why = f"{{'{target.host}:{port}': ConnectionRefusedError(111, 'Tried connecting')}}"
        yield Write(2, f"Connection error: ('Unable to connect to any servers', {why})\n")
        return 1
    yield from out(answer)
    return 0


_ETCD_TIMEOUT = 5 * SECOND
"""etcdctl's --command-timeout without an argument."""


def etcdctl(call: Call) -> Process:
    """`etcdctl endpoint health|status`, `member list`: one endpoint that does not answer in 5 s is a failure."""
    args = call.argv[1:]
    endpoints = next(values_of(args, "--endpoints"), "") or call.env.get("ETCDCTL_ENDPOINTS") or call.env.get("ETCDCTL_PEERS")
    patience = duration(next(values_of(args, "--command-timeout"), "")) or _ETCD_TIMEOUT
    request = " ".join(a for a in args if not a.startswith("-"))
    status = 0
    for text in (endpoints or "127.0.0.1:2379").split(","):
        answer = yield from ask("etcd", split_address(text, 2379), request)
        if isinstance(answer, NetError) or answer.startswith("-"):
            yield Sleep(patience)
            yield Write(2, f"{text} is unhealthy: failed to commit proposal: context deadline exceeded\nError: unhealthy cluster\n")
            status = 1
        elif answer or "health" in args:
            yield from out(answer or f"{text} is healthy: successfully committed proposal: took = 1.000000ms\n")
    return status


COMMANDS: dict[str, Program] = {
    "cqlsh": cqlsh,
    "etcdctl": etcdctl,
    "keydb-cli": redis_cli,
    "mongo": mongosh,
    "mongosh": mongosh,
    "redis-cli": redis_cli,
    "valkey-cli": redis_cli,
}
