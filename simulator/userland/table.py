"""Every command that podsim knows, and the module that has it. A module is loaded when one of its commands first runs."""

from __future__ import annotations

import posixpath
from importlib import import_module

from simulator.process.effects import Program
from simulator.userland.serving import serves

SHELLS = frozenset({"sh", "ash", "dash", "bash", "zsh", "ksh"})

_INDEX = {
    "awk.command": "awk gawk",
    "clients.brokers": (
        "grpc-health-probe grpc_health_probe kafka-acls kafka-acls.sh kafka-broker-api-versions kafka-broker-api-versions.sh "
        "kafka-cluster kafka-cluster.sh kafka-configs kafka-configs.sh kafka-consumer-groups kafka-consumer-groups.sh kafka-log-dirs "
        "kafka-log-dirs.sh kafka-metadata-quorum kafka-metadata-quorum.sh kafka-topics kafka-topics.sh nodetool rabbitmq-diagnostics "
        "rabbitmqctl"
    ),
    "clients.git": "git",
    "clients.mysql": "mariadb mariadb-admin mariadb-show mysql mysqladmin mysqlshow",
    "clients.peers": (
        "arangosh aws clickhouse clickhouse-client cockroach consul cypher-shell dbmate flyway grpcurl http https influx kafkacat kcat "
        "ldapsearch ldapwhoami liquibase mc memcping memcstat migrate mosquitto_pub mosquitto_sub mysqldump nats pulsar-admin "
        "rabbitmqadmin socat sqlcmd ssh-keyscan tctl temporal vault xh zkCli.sh zookeeper-shell zookeeper-shell.sh"
    ),
    "clients.postgres": "pg_isready psql",
    "clients.security": "nmap openssl",
    "clients.stores": "cqlsh etcdctl keydb-cli mongo mongosh redis-cli valkey-cli",
    "files.archives": "gunzip tar unzip",
    "files.content": "cat tee truncate",
    "files.copying": "cp install mv",
    "files.entries": "ln mkdir readlink realpath rm rmdir touch unlink",
    "files.listing": "ls mountpoint stat",
    "files.modes": "chgrp chmod chown",
    "find.command": "find",
    "jq.command": "jq",
    "clients.kubectl": "kubectl",
    "net.connections": "ip ping telnet",
    "net.curl": "curl",
    "net.names": "dig drill getent host",
    "net.netcat": "nc ncat netcat",
    "net.nslookup": "nslookup",
    "net.servers": "caddy etcd httpd memcached mongod mysqld nats-server nginx postgres python python3 rabbitmq-server redis-server",
    "net.wget": "wget",
    "packages": "apk apt apt-get composer dnf gem microdnf npm pip pip3 pnpm yarn yum",
    "processes.clock": "date",
    "processes.identity": "groups id whoami",
    "processes.kernel": "sysctl",
    "processes.machine": "hostname nproc ps uname uptime",
    "processes.signals": "kill killall pgrep pidof pkill",
    "processes.sleeping": "sleep usleep",
    "running.limits": "timeout",
    "running.wrappers": (
        "busybox chpst dumb-init env flock gosu nice nohup printenv runuser setsid stdbuf su su-exec sudo time tini which"
    ),
    "running.xargs": "xargs",
    "sed.command": "sed",
    "text.comparing": "cmp comm diff paste",
    "text.conditions": "[ test",
    "text.encoding": "base64 envsubst md5sum sha1sum sha224sum sha256sum sha384sum sha512sum",
    "text.ends": "head tail",
    "text.expr": "expr",
    "text.filters": "cut nl rev tac tr uniq wc",
    "text.grep": "egrep fgrep grep",
    "text.paths": "basename dirname mktemp",
    "text.printing": "echo false printf pwd seq true yes",
    "text.sorting": "shuf sort",
    "waits.addresses": (
        "cub dockerize portpatrol wait wait-for wait-for-it wait-for-it.sh wait-for-port wait-for.sh wait-on wait-port wait4x"
    ),
    "waits.objects": "k8s-wait-for wait_for.sh",
    "waits.repeating": "inotifywait npx retry watch wtfc wtfc.sh",
}
MODULES = {name: module for module, names in _INDEX.items() for name in names.split()}
"""The name of each command, and the module whose `COMMANDS` has it."""

PYTHON = frozenset({"python", "python3"})
INTERPRETERS = PYTHON | {"go", "java", "node", "nodejs", "perl", "php", "ruby"}
"""Languages that podsim does not interpret: what a short program in them waits for is read from its text, if its file is there."""
_PYTHON_SERVERS = frozenset({("-m", "http.server"), ("-m", "SimpleHTTPServer")})
SYSTEM_DIRECTORIES = frozenset({"/bin", "/usr/bin", "/usr/local/bin", "/sbin", "/usr/sbin", "/usr/local/sbin", "/busybox"})
_PLAIN_PACKAGES = frozenset({"awk", "files", "find", "processes", "sed", "text"})
_PLAIN_NAMES = frozenset(
    ("env", "flock", "host", "http", "https", "migrate", "nice", "retry", "sudo", "time", "timeout", "wait", "watch", "which")
)
"""Names that are ordinary words, so that a program elsewhere with this name is probably another one."""
_OWN_NAMES = frozenset(("sysctl",))
_ANYWHERE = frozenset(("/wait",))
"""Tools with ordinary names whose images have them at this path (docker-compose-wait)."""


def is_tool(command: str) -> bool:
    """Whether a command is one of the table: by a name of its own wherever it lies, else only where systems keep their programs.

    `/opt/cni/bin/install` is not install(1), and `./migrate` belongs to the image.
    """
    directory, name = posixpath.split(command)
    if name not in MODULES:
        return False
    package = MODULES[name].partition(".")[0]
    plain = (package in _PLAIN_PACKAGES and name not in _OWN_NAMES) or name in _PLAIN_NAMES
    return not plain or not directory or directory in SYSTEM_DIRECTORIES or command in _ANYWHERE


def is_other_program(name: str, argv: tuple[str, ...]) -> bool:
    """Whether a command of the table is used for something unknown: Python that is no web server, a client that serves."""
    if name in PYTHON:
        return argv[1:3] not in _PYTHON_SERVERS
    return serves(name, argv)


def program(name: str) -> Program | None:
    """What a command does; None if it is not in the table."""
    if name not in MODULES:
        return None
    command: Program = import_module(f"simulator.userland.{MODULES[name]}").COMMANDS[name]
    return command
