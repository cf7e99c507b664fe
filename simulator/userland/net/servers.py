"""Servers as processes. The host knows better (its catalogue has times and ports): it is asked first, these are what is left."""

from __future__ import annotations

import msgspec

from simulator.process.effects import Call, Handle, Kill, Listen, Process, Program, Sleep, Step, Write
from simulator.process.fileio import absolute
from simulator.process.world import UnknownCommand
from simulator.units import SECOND
from simulator.userland.flags import integer
from simulator.userland.kubectl.letters import options
from simulator.userland.processes.processes import find_processes
from simulator.userland.streams import Gen


class Port(msgspec.Struct, frozen=True):
    """A port that a server opens `after` nanoseconds; an http server may serve the files under `root`."""

    number: int
    protocol: str = "tcp"
    after: int = 0
    root: str | None = None


def serve(ports: tuple[Port, ...], *, term_after: int = 0, term_status: int = 0, ignores_term: bool = False) -> Process:
    """A server: opens its ports when their time has come, then runs until TERM, QUIT or INT; it needs `term_after` ns to stop."""
    for signal in ("TERM", "QUIT", "INT"):
        yield Handle(signal, "ignore" if ignores_term else "handle")
    yield Handle("HUP", "ignore")
    now = 0
    for port in sorted(ports, key=lambda p: p.after):
        if not (yield Sleep(port.after - now)):
            break
        now = port.after
        failed = yield Listen(port.number, port.protocol, port.root)
        if failed is not None:
            yield Write(2, f"bind to port {port.number}: {failed}\n")
            return 1
    else:
        yield Sleep(None)
    yield Step()
    yield Sleep(term_after)
    return term_status


def _or(protocol: str, port: int, *, flag: str = "", root: str | None = None, term_status: int = 0) -> Program:
    """The host's idea of a server, else one that listens at once on its usual port (or the one after `flag`)."""

    def command(call: Call) -> Gen:
        """Serve."""
        program: Program | None = yield UnknownCommand(call, "server")
        if program is not None:
            return (yield from program(call))
        args = list(call.argv)
        given = next((args[i + 1] for i, a in enumerate(args[:-1]) if flag and a == flag), "")
        return (yield from serve((Port(int(given) if given.isdigit() else port, protocol, 0, root),), term_status=term_status))

    return command


def nginx(call: Call) -> Gen:
    """`nginx -s stop|quit|reload|reopen` signals the running one, `nginx -t` is fine, else it serves."""
    chosen = options(call.argv[1:], "tTqvV", "sgcpe")
    if "s" in chosen:
        masters = yield from find_processes("nginx", full_line=False, exact=True)
        signal = {"stop": "TERM", "quit": "QUIT", "reload": "HUP", "reopen": "USR1"}.get(chosen["s"])
        if signal is None:
            yield Write(2, f'nginx: invalid option: "-s {chosen["s"]}"\n')
            return 1
        if not masters:
            yield Write(2, 'nginx: [error] invalid PID number "" in "/var/run/nginx.pid"\n')
            return 1
        yield Kill(masters[0][0], signal)
        return 0
    if "t" in chosen:
        yield Write(2, "nginx: configuration file /etc/nginx/nginx.conf test is successful\n")
        return 0
    if "v" in chosen or "V" in chosen:
        yield Write(2, "nginx version: nginx/1.27.0\n")
        return 0
    return (yield from _or("http", 80, root="/usr/share/nginx/html")(call))


def python(call: Call) -> Gen:
    """`python -m http.server [port] [--directory d]`; any other Python is the host's, and does not come here."""
    rest = list(call.argv[3:])
    directory = next((rest[i + 1] for i, a in enumerate(rest[:-1]) if a in ("--directory", "-d")), ".")
    port = next((int(a) for a in rest if a.isdigit()), 8000)
    return (yield from serve((Port(port, "http", 100 * SECOND // 1000, absolute(call, directory)),), term_status=143))


def httpd(call: Call) -> Gen:
    """busybox' `httpd -f -p port -h root`; without options Apache's, which is the host's."""
    if not any(a.startswith("-p") or a == "-f" for a in call.argv[1:]):
        return (yield from _or("http", 80, root="/usr/local/apache2/htdocs")(call))
    chosen = options(call.argv[1:], "fvi", "phcur")
    port = chosen.get("p", "80").rpartition(":")[2]
    return (yield from serve((Port(integer(port), "http", 0, absolute(call, chosen.get("h", "."))),), term_status=143))


COMMANDS: dict[str, Program] = {
    "caddy": _or("http", 80),
    "etcd": _or("etcd", 2379),
    "httpd": httpd,
    "memcached": _or("memcached", 11211, flag="-p"),
    "mongod": _or("mongodb", 27017, flag="--port"),
    "mysqld": _or("mysql", 3306),
    "nats-server": _or("nats", 4222, flag="-p"),
    "nginx": nginx,
    "postgres": _or("postgres", 5432, flag="-p"),
    "python": python,
    "python3": python,
    "rabbitmq-server": _or("amqp", 5672),
    "redis-server": _or("redis", 6379, flag="--port"),
}
