"""Command lines that only ask a tool for its version, which is unknown: `curl --version`."""

from __future__ import annotations

from simulator.process.effects import Call, Effects, Process
from simulator.process.unknown_text import UNKNOWN_TEXT
from simulator.userland.busybox.tool import busybox
from simulator.userland.streams import out
from simulator.userland.table import MODULES

_BUILTIN = frozenset({"[", "echo", "false", "kill", "printf", "pwd", "test", "true", "wait"})
"""Commands that shells have built in: they take the option for an operand."""
_CAPITAL = frozenset(
    {
        *("curl", "jq", "mongo", "mongosh", "mysql", "mysqladmin", "mysqldump", "mariadb", "mariadb-admin", "ping", "wget"),
        *("createdb", "dropdb", "pg_dump", "pg_isready", "pg_restore", "psql"),
    }
)
"""Tools of which `-V` asks the same."""
_OWN = frozenset({"curl", "jq"})
"""Tools outside of `clients` that BusyBox does not have, so that an image with BusyBox has the real ones."""


def asks_for_version(call: Call) -> Effects[bool]:
    """Whether a tool is only asked for its version. BusyBox' applets do not know the option."""
    if call.argv[1:] not in (("--version",), ("-V",)) or call.name not in MODULES or call.name in _BUILTIN:
        return False
    if call.argv[1] == "-V" and call.name not in _CAPITAL:
        return False
    return call.name in _OWN or MODULES[call.name].startswith("clients.") or (yield from busybox()) is None


def print_version(call: Call) -> Process:
    """The tool's name and an unknown version."""
    yield from out(f"{call.name} {UNKNOWN_TEXT}\n")
    return 0
