"""Every command that the simulator knows, by name."""

from __future__ import annotations

from simulator.shell.commands import output, testing
from simulator.shell.effects import Program

TABLE: dict[str, Program] = {
    "[": testing.test,
    "basename": output.basename,
    "dirname": output.dirname,
    "echo": output.echo,
    "expr": output.expr,
    "false": output.false,
    "mktemp": output.mktemp,
    "printf": output.printf,
    "pwd": output.pwd,
    "seq": output.seq,
    "test": testing.test,
    "true": output.true,
    "yes": output.yes,
}
