"""The state of one shell process, and what every part of the interpreter asks it to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from simulator.process.effects import Call, Close, Dup, Effects, GetPid, Pipe, Process, Read, Spawn, Step, WaitFor, Write
from simulator.process.errno import Errno
from simulator.process.fileio import SetOptional
from simulator.process.signals import DEATHS
from simulator.shell.expand.variables import ExpansionError, Variables
from simulator.shell.interp.control import Exit, Leave, Return
from simulator.shell.interp.reliance import hoping_for_failure, relying_on_presence
from simulator.shell.quoting import quote
from simulator.shell.syntax.nodes import Command, ProcessSubstitution, Script
from simulator.shell.syntax.parser import parse
from simulator.shell.syntax.scanner import ShellSyntaxError

Run = Effects[int]
Runner = Callable[["Shell", Any, bool], Run]
"""How one kind of command runs; the bool is `tail`: nothing follows it in this process."""
Builtin = Callable[["Shell", list[str]], Run]
"""A builtin, given its arguments without its name."""
SUBSTITUTION_FD = 63  # where bash puts the first `<(script)`, the next below it


DASH_LINE = "{}: "


class Programs(NamedTuple):
    """The programs around the shell, as functions that its host hands in: the shell itself knows none.

    Attributes:
        launch: A command line, its place (see `UnknownCommand`), the prefix of "not found" messages and their words, as a process.
        find: Where a command is, as `which` prints it; None when there is none.
        execs_last: The last command of `sh -c` replaces the shell, as all shells have it but BusyBox' before 1.28.
        reports_jobs: `wait PID` says which signal ended the process.
        first_line: What ash calls the first line of `-c`.
        names_lines: ash gives the line in all messages, not only about `exec`.
        is_busybox: ash is known to be BusyBox', and not what podsim assumes of an unknown image.
        builtins: Commands that this shell runs without a process of their own, beside those that every shell has.
    """

    launch: Callable[[Call, str, str, str], Process]
    find: Callable[[Call], Effects[str | None]]
    execs_last: bool = True
    reports_jobs: bool = True
    first_line: int = 1
    names_lines: bool = False
    is_busybox: bool = False
    builtins: frozenset[str] = frozenset()


class Tables(NamedTuple):
    """What a shell looks up to run a command: by kind of node, by name of builtin, outside."""

    runners: Mapping[type, Runner]
    builtins: Mapping[str, Builtin]
    programs: Programs


@dataclass(eq=False)
class Shell:
    """One shell process.

    Attributes:
        place: What its last command is to its container (see `UnknownCommand`).
        line_format: How its messages give the number of the line; dash and BusyBox from 1.38 do, older ones do not.
        first_line: The number of the first line.
        dialect: What it is if it is neither bash nor unknown (see `dialects`).
        may_exec: Its last command may replace the shell in its process, as `sh -c` and subshells do it.
        checked: How many conditions enclose the current command: within them `set -e` does not apply.
        rest: The commands behind the current one in its list.
        is_optional: The current command is a condition, and the script has something to do with either answer.
        loops: How many loops enclose it, as far as `break` can reach.
        option_at: How far getopts is inside a group of letters.
        substituted: How the current command's last `$(script)` ended: its status is the command's when there is no command name.
    """

    variables: Variables
    tables: Tables
    bash: bool = False
    cwd: str = "/"
    place: str = "step"
    may_exec: bool = False
    line_format: str = ""
    first_line: int = 1
    dialect: str = ""
    functions: dict[str, Command] = field(default_factory=dict, init=False)
    traps: dict[str, str] = field(default_factory=dict, init=False)
    jobs: list[int] = field(default_factory=list, init=False)
    checked: int = field(default=0, init=False)
    rest: tuple[Command, ...] = field(default=(), init=False)
    is_optional: bool = field(default=False, init=False)
    loops: int = field(default=0, init=False)
    line: int = field(default=1, init=False)
    umask: int = field(default=0o022, init=False)
    option_at: int = field(default=0, init=False)
    parent: int = field(default=0, init=False)
    substituted: int | None = field(default=None, init=False)
    substitutions: list[int] = field(default_factory=list, init=False)

    # ---------------------------------------------------------------------------------------------------------------------- life
    def main(self, script: Script) -> Process:
        """Run a whole script as this process."""
        pid, self.parent = yield GetPid()
        # POSIX 2.5.2: `$$` is the pid of the shell that was invoked, in its subshells too.
        self.variables.pid = self.variables.pid or pid
        try:
            status = yield from self.run(script, tail=True)
        except Leave as leave:
            status = leave.status if isinstance(leave, Exit | Return) else 0
        except ExpansionError as error:
            yield from self.complain(str(error))
            status = self._status_of(error)
        self.variables.status = status
        if (action := self.traps.pop("EXIT", None)) is not None:
            try:
                yield from self.evaluate(action)
            except Exit as leave:
                status = leave.status
        return status & 255

    def _status_of(self, error: ExpansionError) -> int:
        """The exit status after an expansion error. POSIX 2.8.1 only wants it above 0: dash takes 2, bash 127 or 1."""
        if not self.bash:
            return 2
        return 127 if error.fatal and self.variables.get("BASH_SUBSHELL") == "0" else 1

    def fork(self, place: str) -> Shell:
        """A subshell: a copy of everything but traps, which POSIX 2.12 resets."""
        variables = self.variables.copy()
        if self.bash:
            variables.values["BASH_SUBSHELL"] = str(int(variables.get("BASH_SUBSHELL") or 0) + 1)
        child = Shell(variables, self.tables, self.bash, self.cwd, place, True, self.line_format, self.first_line, self.dialect)
        child.functions = dict(self.functions)
        child.checked, child.line, child.umask = self.checked, self.line, self.umask
        return child

    # ------------------------------------------------------------------------------------------------------------------ messages
    @property
    def prefix(self) -> str:
        """How the shell's own messages begin."""
        if self.bash:
            return f"{self.variables.name}: line {self.line}: "
        return f"{self.variables.name}: {self.line_format.format(self.number)}"

    @property
    def number(self) -> int:
        """The number of the present line, as this shell counts."""
        return self.line - 1 + self.first_line

    def complain(self, text: str) -> Effects[None]:
        """Print a message of the shell itself to standard error."""
        yield Write(2, f"{self.prefix}{text}\n")

    def refuse(self, text: str, status: int) -> Run:
        """A builtin refuses its arguments: bash continues with `status`, a POSIX shell ends (2.8.1, for special builtins)."""
        yield from self.complain(text)
        if not self.bash:
            raise Exit(2)
        return status

    def cannot_open(self, path: str, error: Errno, mode: str) -> str:
        """The message for a redirection that failed: bash has strerror(3)'s text, dash words of its own."""
        if self.bash:
            return f"{path}: {error}"
        if mode == "r":
            return f"can't open {path}: {'no such file' if error is Errno.ENOENT else error}"
        return f"can't create {path}: {'nonexistent directory' if error is Errno.ENOENT else error}"

    # ------------------------------------------------------------------------------------------------------------------ commands
    def evaluate(self, text: str) -> Run:
        """Parse and run a text, as `eval` and traps do. A syntax error ends the shell (POSIX 2.8.1)."""
        try:
            script = parse(text, bash=self.bash)
        except ShellSyntaxError as error:
            yield from self.complain(str(error))
            raise Exit(2) from error
        return (yield from self.run(script))

    def run(self, command: Command, *, tail: bool = False) -> Run:
        """Run a command; its exit status. `tail`: nothing follows it in this process."""
        status = yield from self.tables.runners[type(command)](self, command, tail)
        self.variables.status = status
        return status

    def checkpoint(self) -> Effects[tuple[str, ...]]:
        """Between two commands: run the traps of the signals that arrived, and return their names.

        POSIX 2.11: a trap waits until the foreground command has ended, and `$?` after it is what it was before.
        """
        signals: tuple[str, ...] = yield Step()
        for signal in signals:
            action = self.traps.get(signal)
            if action:
                status = self.variables.status
                yield from self.evaluate(action)
                self.variables.status = status
        return signals

    def failed(self, status: int) -> Effects[None]:
        """A command ended with `status`: under `set -e` leave, unless something tests that status (POSIX XCU, set, -e)."""
        if status == 0 or self.checked:
            return
        self.variables.status = status
        if action := self.traps.get("ERR"):
            yield from self.evaluate(action)
        if "e" in self.variables.options:
            raise Exit(status)

    def condition(self, command: Command, goal: bool | None = None, *, optional: bool = False) -> Effects[bool]:
        """Run a command whose status is tested (by `if`, `while`, `&&`, `!`); True for 0.

        `goal`: the answer with which the script makes progress; `optional`: it has something to do with the other answer, too.
        """
        before = self.is_optional
        # Inside a condition with a goal, every answer counts for that goal; without one, a part is what the whole condition is.
        optional = (optional and (before or not self.checked)) or (before and goal is None)
        self.checked += 1
        try:
            yield from self._set_optional(optional)
            status = yield from (hoping_for_failure(self.run(command)) if goal is False else self.run(command))
        finally:
            self.checked -= 1
        yield from self._set_optional(before)
        return status == 0

    def _set_optional(self, optional: bool) -> Effects[None]:
        if optional != self.is_optional:
            self.is_optional = optional
            yield SetOptional(optional)

    def wait_for(self, pid: int, argv: tuple[str, ...] = ()) -> Run:
        """The exit status of a child in the foreground. Signals that are trapped wait until it has ended."""
        ended = yield WaitFor((pid,))
        if not ended:
            return 127
        if ended[2]:
            yield from self.report_death(pid, ended[2], argv)
        return int(ended[1])

    def report_death(self, pid: int, signal: str, argv: tuple[str, ...] = ()) -> Effects[None]:
        """Say which signal ended a child: in one word, or as bash does for all but SIGTERM, with the place, the pid and the command."""
        text = DEATHS.get(signal)
        if text is None:
            return
        if self.bash and signal != "TERM":
            text = f"{self.prefix}{pid:5} {text:<23} {' '.join(map(quote, argv))}".rstrip()
        yield Write(2, f"{text}\n")

    # --------------------------------------------------------------------------------------------------------------- substitutions
    def substitute(self, script: Script) -> Effects[str]:
        """`$(script)`: its output without the newlines at the end (POSIX 2.6.3)."""
        reader, writer = yield Pipe()
        child = self.fork("step")
        child.checked = 0  # `! echo "$(false; echo x)"` tests the status of echo, not of false
        if self.bash:
            child.variables.options.discard("e")  # bash clears `set -e` here unless inherit_errexit is on; dash keeps it
        # What it prints is tested, and not whether it succeeds.
        body = relying_on_presence(child.main(script)) if self.checked else child.main(script)
        pid = yield Spawn(body, (self.variables.name,), {1: writer})
        yield Close(writer)
        chunks = []
        while chunk := (yield Read(reader)):
            chunks.append(chunk)
        yield Close(reader)
        self.substituted = yield from self.wait_for(pid)
        if self.bash:  # bash sets `$?` at once; dash only when the whole command has ended
            self.variables.status = self.substituted
        return "".join(chunks).rstrip("\n").replace("\0", "")

    def connect(self, node: ProcessSubstitution) -> Effects[str]:
        """`<(script)`: start it, and name the descriptor it can be read from (or written to)."""
        reader, writer = yield Pipe()
        ours, theirs, number = (reader, writer, 1) if node.direction == "<" else (writer, reader, 0)
        child = self.fork("step")
        self.jobs.append((yield Spawn(child.main(node.script), (self.variables.name,), {number: theirs})))
        yield Close(theirs)
        fd = SUBSTITUTION_FD - len(self.substitutions)
        yield Dup(ours, fd)  # below 1000, so that the command inherits it (see `Pipe`)
        yield Close(ours)
        self.substitutions.append(fd)
        return f"/dev/fd/{fd}"

    def close_substitutions(self) -> Effects[None]:
        """Close the descriptors of `<(script)` after the command that they were made for."""
        while self.substitutions:
            yield Close(self.substitutions.pop())
