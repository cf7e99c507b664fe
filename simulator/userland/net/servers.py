"""Servers as processes. The host is asked first: its catalogue knows times and ports. What is here is for servers that it does not know."""

from __future__ import annotations

import msgspec

from simulator.objects.process import SIGTERM_EXIT
from simulator.process.effects import Call, Handle, Kill, Listen, Process, Program, Sleep, Spawn, Step, Write
from simulator.process.fileio import absolute
from simulator.process.world import OwnServer, UnknownCommand
from simulator.units import MILLISECOND
from simulator.userland.flags import Flags, Unknown, integer, switch, value, values_of
from simulator.userland.processes.signals import find_processes

_STOPPING = ("TERM", "QUIT", "INT")
_INFORMATION = frozenset({"--version", "-version", "--help", "-help"})
"""Options with which a server prints something about itself and ends."""
_PYTHON_STARTS = 100 * MILLISECOND
"""How long Python takes until its web server listens. Assumed."""


class Port(msgspec.Struct, frozen=True):
    """A port that a server opens `after` nanoseconds; an http server may serve the files under `root`.

    `taken`: what it prints when another program has the port.
    """

    number: int
    protocol: str = "tcp"
    after: int = 0
    root: str | None = None
    taken: str = "bind: Address already in use"


def serve(ports: tuple[Port, ...], *, term_after: int = 0, term_status: int = 0, ignores_term: bool = False) -> Process:
    """A server: opens its ports when their time has come, then runs until TERM, QUIT or INT; it needs `term_after` ns to stop."""
    for signal in _STOPPING:
        yield Handle(signal, "ignore" if ignores_term else "handle")
    yield Handle("HUP", "ignore")
    now = 0
    for port in sorted(ports, key=lambda p: p.after):
        if not (yield Sleep(port.after - now)):
            break
        now = port.after
        failed = yield Listen(port.number, port.protocol, port.root)
        if failed is not None:
            yield Write(2, f"{port.taken}\n")
            return 1
    else:
        yield Sleep(None)
    yield Step()
    yield Sleep(term_after)
    return term_status


def _own_server(call: Call, port: Port, term_status: int = 0) -> Process:
    """A server that does what its command line says, unless the container's description says something else of its server."""
    program: Program | None = yield OwnServer(port.number, port.after, port.root, term_status)
    return (yield from (serve((port,), term_status=term_status) if program is None else program(call)))


def _server(protocol: str, port: int, *, flag: str = "", root: str | None = None) -> Program:
    """What the host makes of a server, else one that listens at once on its usual port (or the one after `flag`)."""

    def command(call: Call) -> Process:
        """Serve."""
        if _INFORMATION.intersection(call.argv[1:]):
            yield Write(1, f"{call.argv[0]}\n")
            return 0
        program: Program | None = yield UnknownCommand(call, "server")
        if program is not None:
            return (yield from program(call))
        named = next(values_of(call.argv[1:], flag), "") if flag else ""
        return (yield from _own_server(call, Port(int(named) if named.isdigit() else port, protocol, 0, root)))

    return command


class _NginxFlags(Flags):
    signal = value("-s")
    test = switch("-t", "-T")
    version = switch("-v", "-V")
    without_effect = switch("-q")
    without_effect_values = value("-g", "-c", "-p", "-e")


_NGINX_SIGNALS = {"stop": "TERM", "quit": "QUIT", "reload": "HUP", "reopen": "USR1"}


def nginx(call: Call) -> Process:
    """`nginx -s stop|quit|reload|reopen` signals the running one, `nginx -t` succeeds, else it serves."""
    given = _NginxFlags.parse(call.argv[1:])
    if given.signal is not None:
        return (yield from _signal_nginx(given.signal))
    if given.test:
        yield Write(2, "nginx: configuration file /etc/nginx/nginx.conf test is successful\n")
        return 0
    if given.version:
        yield Write(2, "nginx version: nginx/1.27.0\n")
        return 0
    return (yield from _server("http", 80, root="/usr/share/nginx/html")(call))


def _signal_nginx(word: str) -> Process:
    masters = yield from find_processes("nginx", full_line=False, exact=True)
    signal = _NGINX_SIGNALS.get(word)
    if signal is None:
        yield Write(2, f'nginx: invalid option: "-s {word}"\n')
        return 1
    if not masters:
        yield Write(2, 'nginx: [error] invalid PID number "" in "/var/run/nginx.pid"\n')
        return 1
    yield Kill(masters[0][0], signal)
    return 0


class _PythonServerFlags(Flags, unknown=Unknown.SKIP):
    directory = value("-d", "--directory", default=".")
    without_effect_values = value("-b", "--bind", "-p", "--protocol")


def python(call: Call) -> Process:
    """`python -m http.server [port] [--directory d]`; any other Python is the host's, and does not come here."""
    given = _PythonServerFlags.parse(call.argv[3:])
    port = next((int(a) for a in given.operands if a.isdigit()), 8000)
    listener = Port(port, "http", _PYTHON_STARTS, absolute(call, given.directory), "OSError: [Errno 98] Address already in use")
    return (yield from _own_server(call, listener, SIGTERM_EXIT))


class _HttpdFlags(Flags):
    port = value("-p", default="80")
    home = value("-h", default=".")
    foreground = switch("-f", "-i")
    without_effect = switch("-v", "-vv")
    without_effect_values = value("-c", "-u", "-r")


def httpd(call: Call) -> Process:
    """busybox' `httpd [-f] -p port -h root`, in the background without -f; without options Apache's, which is the host's."""
    if not any(a.startswith("-p") or a == "-f" for a in call.argv[1:]):
        return (yield from _server("http", 80, root="/usr/local/apache2/htdocs")(call))
    given = _HttpdFlags.parse(call.argv[1:])
    port = integer(given.port.rpartition(":")[2])  # `-p address:port`, too
    server = _own_server(call, Port(port, "http", 0, absolute(call, given.home), "httpd: bind: Address already in use"), SIGTERM_EXIT)
    if given.foreground:
        return (yield from server)
    yield Spawn(server, call.argv)
    return 0


COMMANDS: dict[str, Program] = {
    "caddy": _server("http", 80),
    "etcd": _server("etcd", 2379),
    "httpd": httpd,
    "memcached": _server("memcached", 11211, flag="-p"),
    "mongod": _server("mongodb", 27017, flag="--port"),
    "mysqld": _server("mysql", 3306),
    "nats-server": _server("nats", 4222, flag="-p"),
    "nginx": nginx,
    "postgres": _server("postgres", 5432, flag="-p"),
    "python": python,
    "python3": python,
    "rabbitmq-server": _server("amqp", 5672),
    "redis-server": _server("redis", 6379, flag="--port"),
}
