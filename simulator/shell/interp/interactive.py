"""A shell at a terminal: it prompts, and runs each command as soon as it is complete. Loaded only where someone types."""

from __future__ import annotations

from simulator.process.effects import Effects, GetCredentials, GetPid, Process, Read, Write
from simulator.process.errno import Errno
from simulator.shell.expand.variables import ExpansionError
from simulator.shell.interp.control import Exit, Leave
from simulator.shell.interp.shell import Shell
from simulator.shell.syntax.parser import parse
from simulator.shell.syntax.scanner import ShellSyntaxError

INCOMPLETE = ("end of script", "never closed")
"""What the messages about a text say that may go on in the next line."""


def interact(shell: Shell) -> Process:
    """Read commands from standard input until it ends, or until one of them leaves the shell."""
    shell.variables.pid, shell.parent = yield GetPid()
    text, status = "", 0
    while True:
        yield Write(2, "> " if text else (yield from _prompt(shell)))
        line = yield Read(0, "line")
        if not line or isinstance(line, Errno):
            return status
        text += line
        try:
            script = parse(text, bash=shell.bash)
        except ShellSyntaxError as error:
            if error.line > text.count("\n") or any(word in error.message for word in INCOMPLETE):
                continue
            yield Write(2, f"{shell.variables.name}: {error}\n")
            text, status = "", 2
            continue
        text = ""
        try:
            status = yield from shell.run(script)
        except Exit as leave:
            return leave.status & 255
        except Leave:
            status = 0
        except ExpansionError as error:
            yield from shell.complain(str(error))
            status = 1
        shell.variables.status = status


def _prompt(shell: Shell) -> Effects[str]:
    """What the shell of the image prompts with: BusyBox its directory, bash user, host and directory, dash neither."""
    who = yield GetCredentials()
    sign = "$" if who.uid else "#"
    home = shell.variables.get("HOME") or "/"
    place = f"~{shell.cwd.removeprefix(home)}" if home != "/" and f"{shell.cwd}/".startswith(f"{home}/") else shell.cwd
    if shell.bash:
        return f"{'root' if not who.uid else 'user'}@{shell.variables.get('HOSTNAME') or ''}:{place}{sign} "
    return f"{place} {sign} " if shell.tables.programs.is_busybox else f"{sign} "
