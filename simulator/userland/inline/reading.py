"""What a short program in another language waits for, read from its text: nobody runs it, but it says where it connects."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from simulator.units import SECOND
from simulator.userland.clients.peers import DEFAULT_PORTS, address
from simulator.userland.inline.values import Values, inside, split_at_commas

PAUSE = 1 * SECOND
"""Between two attempts, where the program does not say it readably."""


class Want(NamedTuple):
    """A thing that a program needs: `kind` tcp (`name`, `port`), http (`name` is the URL), dns or file (`name` is the path)."""

    kind: str
    name: str
    port: int = 0

    def __str__(self) -> str:
        return f"{self.name}:{self.port}" if self.kind == "tcp" else self.name


class Reading(NamedTuple):
    """What a program does: it needs `wants` in turn, and tries so often (None: without end) with `pause` ns between.

    `sleeps`: how long it sleeps in all when it needs nothing.
    """

    wants: tuple[Want, ...]
    tries: int | None
    pause: int
    sleeps: int


_LOOPS = re.compile(r"\b(?:while|until|for|retry|loop|redo|setTimeout|setInterval|goto)\b")
_ENDS = re.compile(
    r"\b(?:break|last|exit|die|return|quit|resolve)\b|\bwhile\s+not\b|\bwhile\s*\(?\s*!|\buntil\b|\bretry\b|\bfor\b|\bwhile\b[^\n]*connect_ex"
)
_TRIES = re.compile(r"\brange\(\s*(?:\d+\s*,\s*)?(\d+)\s*\)|\b1\.\.(\d+)\b|(\d+)\.times\b|<=?\s*(\d+)\s*;")
_SLEEP = re.compile(r"\b(u?sleep)\b\s*\(?\s*([\w.]+)")
_LATER = re.compile(r"\bset(?:Timeout|Interval)\(")
_CLIENTS = {"psycopg": 5432, "asyncpg": 5432, "pg": 5432, "postgres": 5432, "mysql": 3306, "mariadb": 3306, "redis": 6379, "mongo": 27017,
            "pika": 5672, "amqp": 5672, "kafka": 9092, "cassandra": 9042, "elasticsearch": 9200, "ldap": 389, "nats": 4222}  # fmt: skip
_DRIVERS = re.compile(
    r"\b[\w.:]*(?:connect|Redis|StrictRedis|MongoClient|Client|createClient|createConnection|createPool|Pool|ConnectionParameters|URLParameters"
    r"|KafkaProducer|KafkaConsumer|KafkaAdminClient|Elasticsearch|from_url|create_engine|mysqli_connect|mysqli|PDO|pg_connect|Cluster|new)\s*(?=\()",
)

_ADDRESSES = (
    "bootstrap_servers",
    "url",
    "uri",
    "dsn",
    "connectionstring",
    "conninfo",
    "brokers",
    "node",
    "nodes",
    "contactpoints",
    "hosts",
)
"""How drivers call the address of their server."""


def read_program(text: str, env: Mapping[str, str]) -> Reading | None:
    """What a program does; None: it does more than wait, or nothing that can be read."""
    values = Values(text, env)
    found = sorted(((at, want) for reader in _READERS for at, want in reader(text, values)), key=lambda item: item[0])
    wants = tuple(dict.fromkeys(want for _, want in found))
    loops = _LOOPS.search(text) is not None
    if not wants:
        return (
            None
            if loops or "sleep" not in text or re.search(r"\b(listen|serve|Server)", text)
            else Reading((), 1, 0, sum(_sleeps(text, values)))
        )
    if loops and not _ENDS.search(text):
        return None
    limit = _TRIES.search(text)
    tries = 1 if not loops else int(next(filter(None, limit.groups()))) if limit else None
    return Reading(wants, tries, next(_sleeps(text, values), PAUSE), 0)


def _sleeps(text: str, values: Values) -> Iterator[int]:
    """The pauses in a program, in nanoseconds, as far as they can be read."""
    for match in _SLEEP.finditer(text):
        value = values.of(match[2])
        if value is not None and re.fullmatch(r"\d+(\.\d+)?", value):
            yield round(float(value) * (1000 if match[1] == "usleep" else SECOND))
    for match in _LATER.finditer(text):
        value = values.of(split_at_commas(inside(text, match.end() - 1))[-1]) if split_at_commas(inside(text, match.end() - 1)) else None
        if value is not None and value.isdigit():
            yield int(value) * SECOND // 1000


Found = Iterator[tuple[int, Want]]


def _arguments(text: str, pattern: str) -> Iterator[tuple[int, list[str]]]:
    """Every call of what `pattern` names (it ends before the bracket), with its arguments."""
    for match in re.finditer(pattern + r"\s*\(", text):
        yield match.start(), split_at_commas(inside(text, match.end() - 1))


def _pair(host: str, port: str, values: Values) -> Want | None:
    name, number = values.of(host), values.of(port)
    return Want("tcp", name, int(number)) if name and number and number.isdigit() else None


def _sockets(text: str, values: Values) -> Found:
    """Connections that are made by hand: host and port stand side by side, in either order, as a pair or by name."""
    calls = r"(?:create_connection|connect_ex|connect|TCPSocket\.(?:new|open)|Socket\.tcp|createConnection|p?fsockopen)"
    for at, arguments in _arguments(text, calls):
        if arguments and arguments[0][:1] == "(":
            arguments = split_at_commas(arguments[0][1:-1])
        if len(arguments) >= 2:
            swapped = (values.of(arguments[0]) or "").isdigit()
            want = _pair(arguments[1], arguments[0], values) if swapped else _pair(arguments[0], arguments[1], values)
            if want is not None:
                yield at, want
    for match in re.finditer(r"PeerAddr\s*=>\s*([^,)]+)(?:,\s*PeerPort\s*=>\s*([^,)]+))?", text):
        name = values.of(match[1])
        if name and (want := _pair(match[1], match[2], values) if match[2] else _of_url(f"tcp://{name}")):
            yield match.start(), want
    for at, arguments in _arguments(text, r"(?:IO::Socket::INET->new|stream_socket_client)"):
        if arguments and (name := values.of(arguments[0])) and (want := _of_url(name if "://" in name else f"tcp://{name}")):
            yield at, want


def _of_url(url: str) -> Want | None:
    """What a URL leads to, by its scheme."""
    if url.startswith(("http://", "https://")):
        return Want("http", url)
    target = address(url, DEFAULT_PORTS.get(url.partition("://")[0], 0))
    return Want("tcp", target.host, target.port) if target.port else None


def _drivers(text: str, values: Values) -> Found:
    """Drivers of databases and queues: a URL, or host and port by name."""
    for match in _DRIVERS.finditer(text):
        arguments = split_at_commas(inside(text, match.end()))
        if len(arguments) == 1 and arguments[0][:1] == "{":
            arguments = split_at_commas(arguments[0][1:-1])
        if arguments and (want := _driver(match[0].lower(), arguments, values)):
            yield match.start(), want


def _driver(name: str, arguments: list[str], values: Values) -> Want | None:
    named = {
        key.strip(" '\"").lower(): value
        for key, _, value in (re.sub(r"^(\w+)\s*[:=](?!=)", r"\1\0", a).partition("\0") for a in arguments)
        if value
    }
    first = values.of(next((named[key] for key in _ADDRESSES if key in named), arguments[0]))
    default = next((port for client, port in _CLIENTS.items() if client in name), 0)
    if first and "://" in first:
        return _of_url(first)
    if first and (match := re.search(r"\bhost=([\w.-]+)", first)):  # mysql:host=db;port=3306, host=db port=5432
        port = re.search(r"\bport=(\d+)", first)
        return Want("tcp", match[1], int(port[1]) if port else 3306 if first.startswith("mysql:") else 5432)
    host = values.of(named["host"]) if "host" in named else first if default and not named.get("host") else None
    number = values.of(named["port"]) if "port" in named else None
    if not host or not re.fullmatch(r"[\w.-]+(:\d+)?", host):
        return None
    target = address(host, int(number) if number and number.isdigit() else default)
    return Want("tcp", target.host, target.port) if target.port else None


def _requests(text: str, values: Values) -> Found:
    """HTTP requests."""
    calls = r"(?:urlopen|requests\.\w+|httpx\.\w+|fetch|axios\.\w+|axios|Net::HTTP\.\w+|URI|URI\.open|file_get_contents|\bget)"
    for at, arguments in _arguments(text, calls):
        url = values.of(arguments[0]) if arguments else None
        if url and url.startswith(("http://", "https://")):
            yield at, Want("http", url)


def _names(text: str, values: Values) -> Found:
    """Look-ups of names."""
    for at, arguments in _arguments(
        text, r"(?:gethostbyname|getaddrinfo|dns(?:\.promises)?\.(?:lookup|resolve4?)|Resolv\.getaddress|dns_get_record)"
    ):
        if arguments and (name := values.of(arguments[0])):
            yield at, Want("dns", name)


def _files(text: str, values: Values) -> Found:
    """Whether files are there."""
    for at, arguments in _arguments(
        text, r"(?:os\.path\.(?:exists|isfile|isdir)|File\.exists?\?|(?:fs|'\))\.existsSync|file_exists|is_file)"
    ):
        if arguments and (name := values.of(arguments[0])):
            yield at, Want("file", name)
    for at, arguments in _arguments(text, r"\bPath"):
        if arguments and (name := values.of(arguments[0])) and re.match(r"[^\n]*?\)\.(?:exists|is_file|is_dir)\(", text[at:]):
            yield at, Want("file", name)


_READERS: tuple[Callable[[str, Values], Found], ...] = (_sockets, _drivers, _requests, _names, _files)
