"""Where a client goes: addresses in all the forms that clients take them, and the question whether a server is there."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import msgspec

from simulator.process.effects import Call, Effects
from simulator.process.problems import UsageError
from simulator.process.world import UNRESOLVED, Exchange, NetError, lookup_error

DEFAULT_PORTS = {
    "amqp": 5672, "amqps": 5671, "bolt": 7687, "clickhouse": 9000, "http": 80, "https": 443, "kafka": 9092, "ldap": 389, "ldaps": 636,
    "mariadb": 3306, "mongodb": 27017, "mongodb+srv": 27017, "mqtt": 1883, "mysql": 3306, "nats": 4222, "neo4j": 7687,
    "postgres": 5432, "postgresql": 5432, "redis": 6379, "rediss": 6379, "sqlserver": 1433,
}  # fmt: skip
"""The port of a URL that names none, by its scheme."""


class Target(msgspec.Struct, frozen=True):
    """Where a client goes; `given` is False when nothing named a host: then some clients use a local socket."""

    host: str
    port: int
    given: bool = True

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def split_address(text: str, port: int) -> Target:
    """`host:port`, `scheme://user@host:port/x`, or a bare host; of several between commas the first. Raises UsageError for a bad URL."""
    text = text.split(",")[0]
    if "://" in text:
        try:
            parts = urlsplit(text)
            return Target(parts.hostname or "localhost", parts.port or port)
        except ValueError:
            raise UsageError(f"invalid address: {text}") from None
    host, _, number = text.partition(":")
    return Target(host or "localhost", int(number) if number.isdigit() else port)


def address(text: str, port: int) -> Target:
    """Like `split_address`, and also JDBC's URLs, socat's `TCP:host:port`, sqlcmd's `host,port` and the addresses of Go's MySQL driver."""
    text = re.sub(r"^(jdbc:|tcp:(?!//)|TCP[46]?:)", "", text.strip())
    if "://" in text:
        return split_address(text, DEFAULT_PORTS.get(text.partition("://")[0].lower(), port))
    if match := re.fullmatch(r"([\w.-]+),(\d+)", text):
        return Target(match[1], int(match[2]))
    if match := re.search(r"@(?:tcp\()?([\w.-]+:\d+)", text):  # user:password@tcp(host:port)/name
        text = match[1]
    return split_address(text.partition("/")[0], port)


def target_of(host: str | None, port: str | None, call: Call, variable: str, default: int) -> Target:
    """From the values of options, or from the environment as the client reads it.

    Args:
        host: The value of the host option; it may have a port.
        port: The value of the port option.
        call: The command, for its environment.
        variable: How its variables begin (`PG` for PGHOST and PGPORT).
        default: The client's usual port.
    """
    name = host or call.env.get(f"{variable}HOST", "")
    if re.fullmatch(r"[^:/]+:\d+", name):
        return split_address(name, default)
    number = port or call.env.get(f"{variable}PORT", "")
    return Target(name or "localhost", int(number) if number.isdigit() else default, bool(name))


def ask(protocol: str, target: Target, request: str, timeout: int | None = None) -> Effects[str | NetError]:
    """Send a request to a server. The answer is its text; one that begins with "-" is a refusal by a server that runs."""
    answer: str | NetError = yield Exchange(protocol, target.host, target.port, request, timeout)
    return answer


def error_text(error: NetError) -> str:
    """The error in strerror(3)'s words."""
    return "Connection timed out" if error is NetError.TIMED_OUT else error.value


def error_text_with_names(error: NetError) -> str:
    """The error in the words of strerror(3) and gai_strerror(3)."""
    return lookup_error(error) if error in UNRESOLVED else error_text(error)
