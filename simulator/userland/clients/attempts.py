"""Commands of which only the server is known: one attempt to connect stands for all that they do."""

from __future__ import annotations

import re

from simulator.process.effects import Call, Process, Program
from simulator.process.world import Connect, NetError
from simulator.units import SECOND
from simulator.userland.clients.targets import Target, address, error_text_with_names
from simulator.userland.flags import values_of
from simulator.userland.streams import complain

ATTEMPT_TIMEOUT = 5 * SECOND
"""How long a client tries to connect whose own timeout is unknown. Assumed."""
OPERAND = re.compile(
    r"(?:[a-zA-Z][\w+.-]*://)?(?:[^/@\s]*@)?[A-Za-z0-9_][\w.-]*:\d{1,5}(?:[/,?].*)?|[a-zA-Z][\w+.-]*://\S+|TCP[46]?:\S+", re.ASCII
)
"""An argument that is an address: `host:port`, a URL, socat's `TCP:...`."""


def attempt(target: Target) -> Program:
    """A client of which only its server is known: 0 when that accepts connections, else 1."""

    def command(call: Call) -> Process:
        made = yield Connect(target.host, target.port, ATTEMPT_TIMEOUT)
        if isinstance(made, NetError):
            return (yield from complain(call, f"{target}: {error_text_with_names(made)}"))
        return 0

    return command


def named_in(call: Call) -> Target | None:
    """The server that the arguments of any command seem to name, with its port; None: they do not."""
    args = call.argv[1:]
    host = next(values_of(args, "--host --hostname --server"), "")
    port = next((v for v in values_of(args, "--port -p -P") if v.isdigit()), "")
    if host and port:
        return Target(host, int(port))
    texts = (host, *(a.partition("=")[2] if a.startswith("-") else a for a in args))
    targets = (address(text, 0) for text in texts if OPERAND.fullmatch(text))
    return next((target for target in targets if target.host and target.port), None)
