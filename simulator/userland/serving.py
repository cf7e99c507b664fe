"""Command lines by which tools serve or watch until they are stopped, as a table; most of these tools do other things, too."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

import msgspec

Argv = tuple[str, ...]
_LISTEN = re.compile(
    r"(?:tcp|tcp4|tcp6|udp|udp4|udp6|openssl|ssl|sctp|unix|abstract|vsock|udplite)\d?-(?:listen|l|recvfrom|recv):([^,]*)", re.IGNORECASE
)


class _Serves(msgspec.Struct, frozen=True):
    """How a tool serves. All words are separated by blanks.

    `verbs`: first words with which it serves; `words`: words that make it serve wherever they are; without both it always serves. `ends`:
    words with which it ends all the same, beyond those that every tool has. `port`: the one that it listens on by default, and `options`
    those that name another. `project`: only its project knows what it runs.
    """

    verbs: str = ""
    words: str = ""
    ends: str = ""
    port: int = 0
    options: str = ""
    project: bool = False


_ALWAYS_ENDS = frozenset({"--version", "-version", "-V", "--help", "-help", "-h", "version", "help"})
_CHECKS = frozenset({"-t", "-T", "--check", "--validate", "validate", "check", "configtest", "-verify-config", "--dry-run"})
_STORE_WORDS = "monitor MONITOR subscribe SUBSCRIBE psubscribe PSUBSCRIBE --stat --latency"
_TABLE: dict[str, _Serves] = {
    "celery": _Serves(words="worker beat flower events"),
    "clickhouse": _Serves("server keeper", port=8123),
    "cockroach": _Serves("start start-single-node demo", port=26257),
    "composer": _Serves("run run-script exec", project=True),
    "consul": _Serves("agent connect", port=8500),
    "daphne": _Serves(port=8000, options="-p --port"),
    "deno": _Serves("serve", port=8000, options="--port"),
    "dex": _Serves("serve", port=5556),
    "dockerd": _Serves(port=2375),
    "envoy": _Serves(ends="validate", port=10000),
    "etcdctl": _Serves("watch"),
    "filebrowser": _Serves(ends="config users cmds rules hash", port=8080, options="-p --port"),
    "flask": _Serves(words="run", port=5000, options="-p --port"),
    "flower": _Serves(port=5555, options="--port"),
    "git": _Serves("daemon", port=9418, options="--port"),
    "gunicorn": _Serves(ends="--check-config --print-config", port=8000, options="-b --bind"),
    "haproxy": _Serves(ends="-c -v -vv"),
    "http-server": _Serves(port=8080, options="-p --port"),
    "hugo": _Serves("server serve", port=1313, options="-p --port"),
    "hypercorn": _Serves(port=8000, options="-b --bind"),
    "iperf": _Serves(words="-s --server", port=5001, options="-p --port"),
    "iperf3": _Serves(words="-s --server", ends="-1 --one-off", port=5201, options="-p --port"),
    "jekyll": _Serves("serve server s", port=4000, options="-P --port"),
    "json-server": _Serves(port=3000, options="-p --port"),
    "jupyter": _Serves("lab notebook server", ends="list stop", port=8888, options="--port"),
    "k3s": _Serves("server agent", port=6443),
    "kubectl": _Serves("proxy port-forward", port=8001, options="-p --port"),
    "live-server": _Serves(port=8080, options="--port"),
    "locust": _Serves(ends="--headless", port=8089, options="--web-port -P"),
    "loki": _Serves(ends="-verify-config", port=3100),
    "minio": _Serves("server gateway", port=9000, options="--address"),
    "mitmdump": _Serves(port=8080, options="-p --listen-port"),
    "mitmproxy": _Serves(port=8080, options="-p --listen-port"),
    "mitmweb": _Serves(port=8081, options="--web-port"),
    "mosquitto": _Serves(port=1883, options="-p --port"),
    "mosquitto_sub": _Serves(ends="-C -W -E"),
    "nats": _Serves("server subscribe sub reply"),
    "nodemon": _Serves(project=True),
    "npm": _Serves("start run run-script exec test", project=True),
    "ollama": _Serves("serve", port=11434),
    "openresty": _Serves(ends="-t -T -s -v", port=80),
    "openssl": _Serves("s_server ocsp", port=4433, options="-accept -port"),
    "php": _Serves(words="-S", port=8000, options="-S"),
    "php-fpm": _Serves(ends="-t -i -m -v", port=9000),
    "pm2-runtime": _Serves(project=True),
    "pnpm": _Serves("start run dev serve test exec dlx", project=True),
    "postgrest": _Serves(ends="--dump-config --dump-schema --example", port=3000),
    "prometheus": _Serves(port=9090, options="--web.listen-address"),
    "puma": _Serves(port=9292, options="-p --port -b --bind"),
    "rackup": _Serves(port=9292, options="-p --port"),
    "rails": _Serves("server s", port=3000, options="-p --port"),
    "rclone": _Serves("serve mount", port=8080, options="--addr"),
    "redis-cli": _Serves(words=_STORE_WORDS),
    "rest-server": _Serves(port=8000, options="--listen"),
    "rq": _Serves("worker scheduler"),
    "rsync": _Serves(words="--daemon", port=873, options="--port"),
    "ruby": _Serves(words="httpd", port=8080, options="-p --port"),
    "serve": _Serves(port=3000, options="-l --listen -p"),
    "sidekiq": _Serves(),
    "sshd": _Serves(ends="-t -T", port=22, options="-p"),
    "supervisord": _Serves(),
    "tailscaled": _Serves(),
    "temporal": _Serves("server", port=7233),
    "thin": _Serves("start", port=3000, options="-p --port"),
    "traefik": _Serves(ends="healthcheck", port=80),
    "unicorn": _Serves(port=8080, options="-p --port -l --listen"),
    "uvicorn": _Serves(port=8000, options="--port"),
    "uwsgi": _Serves(options="--http --http-socket --socket -s"),
    "valkey-cli": _Serves(words=_STORE_WORDS),
    "varnishd": _Serves(ends="-C", port=80, options="-a"),
    "vault": _Serves("server proxy", port=8200),
    "waitress-serve": _Serves(port=8080, options="--port --listen"),
    "websocat": _Serves(words="-s --server-mode", options="-s"),
    "yarn": _Serves("start run dev serve test exec", project=True),
}
"""Commands that serve, watch, or run a program of their project."""


def _socat(argv: Argv) -> bool:
    return any(_LISTEN.match(word) for word in argv[1:])


def _mirrors(argv: Argv) -> bool:
    return _verb(argv) == "watch" or (_verb(argv) == "mirror" and not {"-w", "--watch"}.isdisjoint(argv))


def _consumes(argv: Argv) -> bool:
    """kcat as a consumer, without the option to exit at the end of the topic."""
    return "-C" in argv and "-e" not in argv and not any(word.startswith("-c") for word in argv[1:])


_ODD: dict[str, Callable[[Argv], bool]] = {"kafkacat": _consumes, "kcat": _consumes, "mc": _mirrors, "socat": _socat}
"""Tools whose words fit into no row."""
_RUNNERS = {("bundle", "exec"): 2, ("poetry", "run"): 2, ("pipenv", "run"): 2, ("uv", "run"): 2, ("python", "-m"): 2, ("python3", "-m"): 2}
"""Commands that run another one, and how many of their words come before it."""


def _verb(argv: Argv) -> str:
    return next((word for word in argv[1:] if not word.startswith("-")), "")


def _inner(name: str, argv: Argv) -> tuple[str, Argv]:
    """The command that a runner runs (`bundle exec puma`, `python manage.py runserver`), else the command itself."""
    before = _RUNNERS.get((name, argv[1] if len(argv) > 1 else ""))
    if before is not None and len(argv) > before:
        return posixpath.basename(argv[before]), argv[before:]
    return name, argv


def serves(name: str, argv: Argv) -> bool:
    """Whether a command does not end by itself, or runs something that podsim does not know."""
    if (odd := _ODD.get(name)) is not None:
        return odd(argv)
    if name.startswith("python") and "runserver" in argv:
        return True
    name, argv = _inner(name, argv)
    row = _TABLE.get(name)
    words = argv[1:]
    if row is None or not _ALWAYS_ENDS.isdisjoint(words) or not set(row.ends.split()).isdisjoint(words):
        return False
    if row.verbs or row.words:
        # `yarn` alone installs, as `yarn install` does.
        return _verb(argv) in row.verbs.split() or not set(row.words.split()).isdisjoint(words)
    return True


def only_prints(argv: Argv) -> bool:
    """Whether a command line asks for a version, for help, or for a check of its configuration."""
    return not _ALWAYS_ENDS.isdisjoint(argv[1:]) or not _CHECKS.isdisjoint(argv[1:])


def blocks(name: str, argv: Argv) -> bool:
    """Whether a command surely does not end by itself: what follows it in a script waits."""
    row = _TABLE.get(_inner(name, argv)[0])
    return serves(name, argv) and not (row is not None and row.project)


def runs_a_project(name: str, argv: Argv) -> bool:
    """Whether a package manager runs a script of its project (`npm run-script x`), which podsim cannot read."""
    return serves(name, argv) and not blocks(name, argv)


def listening_ports(name: str, argv: Argv) -> list[int]:
    """The TCP ports on which such a command listens, by its own words or by its usual port."""
    if name == "socat":
        named = [match[1].rpartition(":")[2] for word in argv[1:] if (match := _LISTEN.match(word)) and not word.lower().startswith("udp")]
        return [int(port) for port in named if port.isdigit()]
    if "runserver" in argv:
        port = argv[-1].rpartition(":")[2]
        return [int(port) if port.isdigit() else 8000]
    name, argv = _inner(name, argv)
    row = _TABLE.get(name)
    if row is None or not serves(name, argv):
        return []
    for word, following in zip(argv, (*argv[1:], ""), strict=True):
        option, equals, given = word.partition("=")
        port = (given if equals else following).rpartition(":")[2]
        if option in row.options.split() and port.isdigit():
            return [int(port)]
    return [row.port] if row.port else []
