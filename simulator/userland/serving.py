"""Command lines by which tools that usually end serve or watch, until they are stopped."""

from __future__ import annotations

import re
from collections.abc import Callable

Argv = tuple[str, ...]
_LISTEN = re.compile(
    r"(?:tcp|tcp4|tcp6|udp|udp4|udp6|openssl|ssl|sctp|unix|abstract|vsock|udplite)\d?-(?:listen|l|recvfrom|recv):([^,]*)", re.IGNORECASE
)


def _has(*words: str) -> Callable[[Argv], bool]:
    return lambda argv: any(word in words for word in argv[1:])


def _verb(*verbs: str) -> Callable[[Argv], bool]:
    return lambda argv: next((word for word in argv[1:] if not word.startswith("-")), "") in verbs


def _consumes(argv: Argv) -> bool:
    """kcat as a consumer, without the option to exit at the end of the topic."""
    return "-C" in argv and "-e" not in argv and not any(word.startswith("-c") for word in argv[1:])


_SERVES: dict[str, Callable[[Argv], bool]] = {
    "clickhouse": _verb("server", "keeper"),
    "cockroach": _verb("start", "start-single-node", "demo"),
    "consul": _verb("agent", "connect"),
    "etcdctl": _verb("watch"),
    "git": _verb("daemon"),
    "kafkacat": _consumes,
    "kcat": _consumes,
    "kubectl": _verb("proxy", "port-forward"),
    "mc": lambda argv: _verb("watch")(argv) or (_verb("mirror")(argv) and _has("-w", "--watch")(argv)),
    "mosquitto_sub": lambda argv: not _has("-C", "-W", "-E")(argv),
    "nats": lambda argv: _verb("server", "subscribe", "sub", "reply")(argv),
    "npm": _verb("start", "run", "run-script", "exec", "test"),
    "openssl": _verb("s_server", "ocsp"),
    "redis-cli": _has("monitor", "MONITOR", "subscribe", "SUBSCRIBE", "psubscribe", "PSUBSCRIBE", "--stat", "--latency"),
    "socat": lambda argv: any(_LISTEN.match(word) for word in argv[1:]),
    "temporal": _verb("server"),
    "valkey-cli": _has("monitor", "MONITOR", "subscribe", "SUBSCRIBE", "psubscribe", "PSUBSCRIBE", "--stat", "--latency"),
    "vault": _verb("server", "agent", "proxy"),
    "yarn": _verb("", "start", "run", "dev", "serve", "test", "exec"),
}
"""Commands of the table that serve, watch, or run a program of their project, with the words that tell so."""

_USUAL_PORTS = {("git", "daemon"): 9418, ("kubectl", "proxy"): 8001, ("openssl", "s_server"): 4433}
_PORT_OPTIONS = {"openssl": ("-accept", "-port"), "kubectl": ("-p", "--port"), "git": ("--port",)}
_NEVER_STEPS = frozenset(_SERVES) - {"npm", "yarn"}


def serves(name: str, argv: Argv) -> bool:
    """Whether a command does not end by itself, or runs something that podsim does not know."""
    return name in _SERVES and _SERVES[name](argv)


def blocks(name: str, argv: Argv) -> bool:
    """Whether a command surely does not end by itself: what follows it in a script waits."""
    return name in _NEVER_STEPS and _SERVES[name](argv)


def runs_a_project(name: str, argv: Argv) -> bool:
    """Whether a package manager runs a script of its project (`npm run-script x`), which podsim cannot read."""
    return serves(name, argv) and name not in _NEVER_STEPS


def listening_ports(name: str, argv: Argv) -> list[int]:
    """The TCP ports on which such a command listens, by its own words or by its usual port."""
    if name == "socat":
        named = [match[1].rpartition(":")[2] for word in argv[1:] if (match := _LISTEN.match(word)) and not word.lower().startswith("udp")]
        return [int(port) for port in named if port.isdigit()]
    options = _PORT_OPTIONS.get(name, ())
    for word, following in zip(argv, (*argv[1:], ""), strict=True):
        option, equals, given = word.partition("=")
        port = (given if equals else following).rpartition(":")[2]
        if option in options and port.isdigit():
            return [int(port)]
    usual = next((port for (tool, verb), port in _USUAL_PORTS.items() if tool == name and verb in argv), None)
    return [] if usual is None else [usual]
