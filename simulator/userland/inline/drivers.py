"""Drivers of databases and queues in a program's text: how each is called, its usual port, and where it says what it connects to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from simulator.userland.inline.needs import Need, need_of_server, need_of_url
from simulator.userland.inline.values import Values, inside, split_at_commas


class Client(NamedTuple):
    """A family of drivers: a word in the names of its constructors, and the port of its servers."""

    word: str
    port: int


CLIENTS = (
    Client("psycopg", 5432),
    Client("asyncpg", 5432),
    Client("pg", 5432),
    Client("postgres", 5432),
    Client("mysql", 3306),
    Client("mariadb", 3306),
    Client("redis", 6379),
    Client("mongo", 27017),
    Client("pika", 5672),
    Client("amqp", 5672),
    Client("kafka", 9092),
    Client("cassandra", 9042),
    Client("elasticsearch", 9200),
    Client("ldap", 389),
    Client("nats", 4222),
)
"""The first that fits counts."""

CONSTRUCTORS = (
    "connect", "Redis", "StrictRedis", "MongoClient", "Client", "createClient", "createConnection", "createPool", "Pool",
    "ConnectionParameters", "URLParameters", "KafkaProducer", "KafkaConsumer", "KafkaAdminClient", "Elasticsearch", "from_url",
    "create_engine", "mysqli_connect", "mysqli", "PDO", "pg_connect", "Cluster", "new",
)  # fmt: skip
"""What drivers call the function that makes a connection, in Python, Node, Ruby, Perl and PHP."""

_CALL = re.compile(rf"\b[\w.:]*(?:{'|'.join(CONSTRUCTORS)})\s*(?=\()")
_ADDRESS_ARGUMENTS = (
    "bootstrap_servers", "url", "uri", "dsn", "connectionstring", "conninfo", "brokers", "node", "nodes", "contactpoints", "hosts",
)  # fmt: skip
"""What drivers call the argument with the address of their server."""
_HOST_NAME = re.compile(r"[\w.-]+(:\d+)?")


class Arguments(NamedTuple):
    """The arguments of a call: by name (in lower case), and the first one however it is given."""

    named: Mapping[str, str]
    first: str

    @classmethod
    def parse(cls, texts: list[str]) -> Arguments:
        """From the texts between the commas: `host="db"`, `host: "db"`, `"host" => "db"` or plain values."""
        named = {}
        for text in texts:
            key, _, value = re.sub(r"^(\w+)\s*[:=](?!=)", r"\1\0", text).partition("\0")
            if value:
                named[key.strip(" '\"").lower()] = value
        return cls(named, texts[0])

    @property
    def address(self) -> str:
        """The argument that is the server's address, if any is."""
        return next((self.named[name] for name in _ADDRESS_ARGUMENTS if name in self.named), self.first)


def drivers(text: str, values: Values) -> Iterator[tuple[int, Need]]:
    """The servers that drivers in a program connect to, each with its place in the text."""
    for match in _CALL.finditer(text):
        texts = split_at_commas(inside(text, match.end()))
        if len(texts) == 1 and texts[0][:1] == "{":  # Node's drivers take one object
            texts = split_at_commas(texts[0][1:-1])
        if texts and (need := _server(match[0].lower(), Arguments.parse(texts), values)):
            yield match.start(), need


def _server(constructor: str, arguments: Arguments, values: Values) -> Need | None:
    """What one call connects to: a URL, a connection string of `key=value`, or host and port by name."""
    port = next((client.port for client in CLIENTS if client.word in constructor), 0)
    address = values.of(arguments.address)
    if address and "://" in address:
        return need_of_url(address)
    if address and (need := _of_connection_string(address)):
        return need
    host = _host(arguments, address, known_client=bool(port), values=values)
    if not host or not _HOST_NAME.fullmatch(host):
        return None
    number = values.of(arguments.named["port"]) if "port" in arguments.named else None
    return need_of_server(host, int(number) if number and number.isdigit() else port)


def _of_connection_string(text: str) -> Need | None:
    """`mysql:host=db;port=3306` of PDO, `host=db port=5432` of libpq."""
    host = re.search(r"\bhost=([\w.-]+)", text)
    if host is None:
        return None
    port = re.search(r"\bport=(\d+)", text)
    if port is not None:
        return Need("tcp", host[1], int(port[1]))
    return Need("tcp", host[1], 3306 if text.startswith("mysql:") else 5432)


def _host(arguments: Arguments, address: str | None, *, known_client: bool, values: Values) -> str | None:
    """The host by its name, or the first argument of a client whose port is known: elsewhere it may be anything."""
    if "host" in arguments.named:
        return values.of(arguments.named["host"])
    return address if known_client else None
