"""Every command that the simulator knows: which module holds it. Modules are loaded when one of their commands is first run."""

from __future__ import annotations

import posixpath
from importlib import import_module

from simulator.process.effects import Program

SHELLS = frozenset({"sh", "ash", "dash", "bash", "zsh", "ksh"})

_INDEX = {
    "awk.command": "awk gawk",
    "clients.clients": (
        "cqlsh etcdctl grpc-health-probe grpc_health_probe kafka-acls kafka-acls.sh kafka-broker-api-versions "
        "kafka-broker-api-versions.sh kafka-cluster kafka-cluster.sh kafka-configs kafka-configs.sh kafka-consumer-groups "
        "kafka-consumer-groups.sh kafka-log-dirs kafka-log-dirs.sh kafka-metadata-quorum kafka-metadata-quorum.sh kafka-topics "
        "kafka-topics.sh keydb-cli mongo mongosh nodetool rabbitmq-diagnostics rabbitmqctl redis-cli valkey-cli"
    ),
    "processes.clock": "date",
    "text.comparing": "cmp comm diff paste",
    "files.copying": "base64 cat cp envsubst install md5sum mv sha1sum sha224sum sha256sum sha384sum sha512sum tee truncate",
    "files.files": "chgrp chmod chown ln mkdir readlink realpath rm rmdir touch unlink",
    "find.command": "find",
    "clients.git": "git",
    "text.grep": "egrep fgrep grep",
    "net.http": "curl wget",
    "jq.command": "jq",
    "processes.kernel": "sysctl",
    "kubectl.command": "kubectl",
    "files.listing": "ls mountpoint stat",
    "net.network": "dig drill getent host ip nc ncat netcat nslookup ping telnet",
    "text.output": "basename dirname echo expr false mktemp printf pwd seq true yes",
    "clients.peers": (
        "arangosh aws clickhouse clickhouse-client cockroach consul cypher-shell dbmate flyway grpcurl http https influx kafkacat kcat "
        "ldapsearch ldapwhoami liquibase mc memcping memcstat migrate mosquitto_pub mosquitto_sub mysqldump nats nmap openssl "
        "pulsar-admin rabbitmqadmin socat sqlcmd ssh-keyscan tctl temporal vault xh zkCli.sh zookeeper-shell zookeeper-shell.sh"
    ),
    "processes.identity": "groups id whoami",
    "processes.processes": "hostname kill killall nproc pgrep pidof pkill ps shuf sleep uname uptime usleep",
    "sed.command": "sed",
    "net.servers": "caddy etcd httpd memcached mongod mysqld nats-server nginx postgres python python3 rabbitmq-server redis-server",
    "clients.sql": "mariadb mariadb-admin mariadb-show mysql mysqladmin mysqlshow pg_isready psql",
    "text.conditions": "[ test",
    "text.lines": "cut head nl rev sort tac tail tr uniq wc",
    "waits.watching": "inotifywait npx retry wait wait-on wait-port watch wtfc wtfc.sh",
    "waits.waiting": (
        "cub dockerize k8s-wait-for portpatrol wait-for wait-for-it wait-for-it.sh wait-for-port wait-for.sh wait4x wait_for.sh"
    ),
    "processes.wrappers": (
        "busybox chpst dumb-init env flock gosu nice nohup printenv runuser setsid stdbuf su su-exec sudo time timeout tini which xargs"
    ),
}
PYTHON = frozenset({"python", "python3"})
INTERPRETERS = PYTHON | {"node", "nodejs", "perl", "php", "ruby"}
"""Languages that nobody interprets here: what a short program in them waits for is read from its text."""
PYTHON_MODULES = frozenset({("-m", "http.server"), ("-m", "SimpleHTTPServer")})
MODULES = {name: module for module, names in _INDEX.items() for name in names.split()}
"""The name of each command, and of the module whose `COMMANDS` has it."""


SERVERS = {
    "clickhouse": ("server", "keeper"),
    "cockroach": ("start", "start-single-node", "demo"),
    "consul": ("agent", "connect"),
    "git": ("daemon",),
    "nats": ("server",),
    "temporal": ("server",),
    "vault": ("server", "agent", "proxy"),
}
"""Clients of ours that with one of these words are servers, of which we know nothing."""


SYSTEM_DIRECTORIES = frozenset({"/bin", "/usr/bin", "/usr/local/bin", "/sbin", "/usr/sbin", "/usr/local/sbin", "/busybox"})
_PLAIN_MODULES = frozenset(
    {
        "awk.command",
        "files.copying",
        "files.files",
        "files.listing",
        "find.command",
        "processes.clock",
        "processes.identity",
        "processes.processes",
        "sed.command",
        "text.comparing",
        "text.conditions",
        "text.grep",
        "text.lines",
        "text.output",
    }
)
_PLAIN_NAMES = frozenset(
    ("env", "flock", "host", "http", "https", "migrate", "nice", "retry", "sudo", "time", "timeout", "wait", "watch", "which")
)
_ANYWHERE = frozenset(("/wait",))
"""Tools that are plain words but go by this path (docker-compose-wait)."""


def is_tool(command: str) -> bool:
    """Whether a command is one of ours: by a name of its own wherever it lies, else only where systems keep their programs.

    `/opt/cni/bin/install` is not install(1), and `./migrate` is somebody's own.
    """
    directory, name = posixpath.split(command)
    if name not in MODULES:
        return False
    plain = MODULES[name] in _PLAIN_MODULES or name in _PLAIN_NAMES
    return not plain or not directory or directory in SYSTEM_DIRECTORIES or command in _ANYWHERE


def is_other_program(name: str, argv: tuple[str, ...]) -> bool:
    """Whether a command of the index is used for what we do not know: Python that is no web server, a client that serves."""
    words = SERVERS.get(name, ())
    return (name in PYTHON and argv[1:3] not in PYTHON_MODULES) or (
        bool(words) and next((a for a in argv[1:] if a[:1] != "-"), "") in words
    )


def program(name: str) -> Program | None:
    """What a command does; None if we do not know it."""
    if name not in MODULES:
        return None
    found: Program = import_module(f"simulator.userland.{MODULES[name]}").COMMANDS[name]
    return found
