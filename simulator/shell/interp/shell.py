"""The shell: one process of it, and how it runs each kind of command."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

from simulator.process.effects import Close, Dup, Effect, GetPid, Pipe, Process, Read, Spawn, Step, WaitFor, Write
from simulator.process.errno import Errno
from simulator.shell.expand.variables import ExpansionError, Variables
from simulator.shell.interp.compound import RUNNERS
from simulator.shell.interp.control import Exit, Leave, Return
from simulator.shell.syntax.nodes import Command, ProcessSubstitution, Script
from simulator.shell.syntax.parser import parse
from simulator.shell.syntax.scanner import ShellSyntaxError

Run = Generator[Effect, Any, int]
SUBSTITUTION_FD = 63  # where bash puts the first `<(script)`, the next below it


@dataclass(eq=False)
class Shell:
    """One shell process. `place` says what its last command is to its container (see `UnknownCommand`).

    `may_exec`: its last command may take its process over, as `sh -c` and subshells do. `checked` counts the conditions around the
    current command: within them `set -e` does not apply.
    """

    variables: Variables
    bash: bool = False
    cwd: str = "/"
    place: str = "step"
    may_exec: bool = False
    functions: dict[str, Command] = field(default_factory=dict)
    traps: dict[str, str] = field(default_factory=dict)
    jobs: list[int] = field(default_factory=list)
    checked: int = 0
    loops: int = 0
    line: int = 1
    umask: int = 0o022
    option_at: int = 0  # how far getopts is inside a group of letters
    parent: int = 0
    substituted: int | None = None  # how the current command's last `$(script)` ended: that counts when there is no command name
    substitutions: list[int] = field(default_factory=list)

    # ---------------------------------------------------------------------------------------------------------------------- life
    def main(self, script: Script) -> Process:
        """Run a whole script as this process."""
        pid, self.parent = yield GetPid()
        self.variables.pid = self.variables.pid or pid
        try:
            status = yield from self.run(script, tail=True)
        except Leave as leave:
            status = leave.status if isinstance(leave, Exit | Return) else 0
        except ExpansionError as error:
            yield from self.complain(str(error))
            status = (127 if error.fatal and self.variables.get("BASH_SUBSHELL") == "0" else 1) if self.bash else 2
        self.variables.status = status
        if (action := self.traps.pop("EXIT", None)) is not None:
            try:
                yield from self.evaluate(action)
            except Exit as leave:
                status = leave.status
        return status & 255

    def fork(self, place: str) -> Shell:
        """A subshell: everything copied, traps reset."""
        variables = self.variables.copy()
        if self.bash:
            variables.values["BASH_SUBSHELL"] = str(int(variables.get("BASH_SUBSHELL") or 0) + 1)
        return Shell(
            variables, self.bash, self.cwd, place, may_exec=True, functions=dict(self.functions), checked=self.checked,
            line=self.line, umask=self.umask,
        )  # fmt: skip

    @property
    def prefix(self) -> str:
        """How the shell's own messages begin."""
        return f"{self.variables.name}: line {self.line}: " if self.bash else f"{self.variables.name}: "

    def complain(self, text: str) -> Generator[Effect, Any, None]:
        """A message of the shell itself."""
        yield Write(2, f"{self.prefix}{text}\n")

    def cannot_open(self, path: str, error: Errno, mode: str) -> str:
        """What the shell says when a redirection fails."""
        if self.bash:
            return f"{path}: {error}"
        if mode == "r":
            return f"can't open {path}: {'no such file' if error is Errno.ENOENT else error}"
        return f"can't create {path}: {'nonexistent directory' if error is Errno.ENOENT else error}"

    def evaluate(self, text: str) -> Run:
        """Parse and run a text, as `eval` and traps do. A syntax error ends the shell."""
        try:
            script = parse(text, bash=self.bash)
        except ShellSyntaxError as error:
            yield from self.complain(str(error))
            raise Exit(2) from error
        return (yield from self.run(script))

    def checkpoint(self) -> Generator[Effect, Any, tuple[str, ...]]:
        """Between two commands: run the traps of the signals that came, and say which did."""
        signals: tuple[str, ...] = yield Step()
        for signal in signals:
            action = self.traps.get(signal)
            if action:
                status = self.variables.status
                yield from self.evaluate(action)
                self.variables.status = status
        return signals

    # ------------------------------------------------------------------------------------------------------------------ commands
    def run(self, command: Command, *, tail: bool = False) -> Run:
        """Run a command; its exit status. `tail`: nothing follows it in this process."""
        status = yield from RUNNERS[type(command)](self, command, tail)
        self.variables.status = status
        return status

    def failed(self, status: int) -> Generator[Effect, Any, None]:
        """A command ended with `status`: leave if that is a failure nobody checks and `set -e` is on."""
        if status == 0 or self.checked:
            return
        self.variables.status = status
        if action := self.traps.get("ERR"):
            yield from self.evaluate(action)
        if "e" in self.variables.options:
            raise Exit(status)

    def condition(self, command: Command) -> Generator[Effect, Any, bool]:
        """Run a command whose failure is an answer, not an accident."""
        self.checked += 1
        try:
            status = yield from self.run(command)
        finally:
            self.checked -= 1
        return status == 0

    def wait_for(self, pid: int) -> Run:
        """The exit status of a child in the foreground. Signals wait until it is over."""
        ended = yield WaitFor((pid,))
        return ended[1] if ended else 127

    # --------------------------------------------------------------------------------------------------------------- substitutions
    def substitute(self, script: Script) -> Generator[Effect, Any, str]:
        """`$(script)`: its output without the newlines at the end; its status becomes `$?`."""
        reader, writer = yield Pipe()
        child = self.fork("step")
        if self.bash:
            child.variables.options.discard("e")  # bash does not hand `set -e` down here, other shells do
        pid = yield Spawn(child.main(script), (self.variables.name,), {1: writer})
        yield Close(writer)
        chunks = []
        while chunk := (yield Read(reader)):
            chunks.append(chunk)
        yield Close(reader)
        self.substituted = yield from self.wait_for(pid)
        if self.bash:  # other shells show it only when the command is over
            self.variables.status = self.substituted
        return "".join(chunks).rstrip("\n").replace("\0", "")

    def connect(self, node: ProcessSubstitution) -> Generator[Effect, Any, str]:
        """`<(script)`: start it, and name the descriptor it can be read from (or written to)."""
        reader, writer = yield Pipe()
        ours, theirs, number = (reader, writer, 1) if node.direction == "<" else (writer, reader, 0)
        child = self.fork("step")
        self.jobs.append((yield Spawn(child.main(node.script), (self.variables.name,), {number: theirs})))
        yield Close(theirs)
        fd = SUBSTITUTION_FD - len(self.substitutions)
        yield Dup(ours, fd)
        yield Close(ours)
        self.substitutions.append(fd)
        return f"/dev/fd/{fd}"

    def close_substitutions(self) -> Generator[Effect, Any, None]:
        """The command that was given `<(script)` is over."""
        while self.substitutions:
            yield Close(self.substitutions.pop())
