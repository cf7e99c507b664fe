"""sed: the loop that runs a script over lines."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from simulator.process.effects import Call, Process, Program
from simulator.process.errno import Errno
from simulator.process.fileio import absolute, read_file, write_file
from simulator.process.problems import UsageError
from simulator.shell.regex.pattern import Match
from simulator.userland.flags import Flags, optional, switch, value, values
from simulator.userland.sed.syntax import Address, Command, Compiler
from simulator.userland.streams import complain, lines, out

_MAX_BRANCHES = 100_000  # a script that branches forever takes no time: cut it off


class State(msgspec.Struct):
    """The pattern and the hold space (POSIX XCU, sed, EXTENDED DESCRIPTION).

    Attributes:
        number: The line number.
        queued: What is printed at the end of the cycle, after `a`.
        output: What has been printed.
        substituted: An `s` has replaced something since the last line was read or `t` last branched.
        quit: The exit code of `q`; None until then.
    """

    pattern: str = ""
    hold: str = ""
    number: int = 0
    queued: list[str] = msgspec.field(default_factory=list)
    output: list[str] = msgspec.field(default_factory=list)
    substituted: bool = False
    quit: int | None = None


def replacement(template: str, match: Match) -> str:
    r"""`&`, `\1` and escapes in the right side of `s`."""

    def one(piece: re.Match[str]) -> str:
        text = piece[0]
        if text == "&":
            return match[0] or ""
        if text[1].isdigit():
            return match[int(text[1])] or ""
        return {"n": "\n", "t": "\t", "r": "\r"}.get(text[1], text[1])

    return re.sub(r"\\(?:.|\n)|&", one, template)


class Runner:
    """Runs commands over the lines of one input."""

    def __init__(self, commands: list[Command], rows: list[str], *, quiet: bool) -> None:
        self.commands, self.rows, self.quiet = commands, rows, quiet
        self.state = State()
        self.labels = {c.text: i for i, c in enumerate(commands) if c.name == ":"}

    def run(self) -> str:
        """The output."""
        state = self.state
        while state.number < len(self.rows) and state.quit is None:
            state.pattern = self.rows[state.number]
            state.number += 1
            if self.cycle() and not self.quiet:
                state.output.append(state.pattern)
            state.output += state.queued
            state.queued = []
        return "".join(f"{line}\n" for line in state.output)

    def selected(self, command: Command) -> bool:
        """Do the addresses select this line?

        POSIX XCU, sed, Addresses: a range whose second address is a line number at or before the first selects one line only.
        """
        if not command.addresses:
            selected = True
        elif len(command.addresses) == 1:
            selected = self.is_at(command.addresses[0])
        elif command.active:
            selected, last = True, command.addresses[1]
            command.active = not (self.is_at(last) or (last.number and not last.step and self.state.number >= last.number))
            if last.number and self.state.number > last.number:
                selected = False
        else:
            selected, last = self.is_at(command.addresses[0]), command.addresses[1]
            command.active = selected and not (last.number and self.state.number >= last.number)
        return selected != command.negated

    def is_at(self, address: Address) -> bool:
        """Does one address select this line?"""
        if address.last:
            return self.state.number == len(self.rows)
        if address.pattern is not None:
            return address.pattern.search(self.state.pattern) is not None
        if address.step:
            return self.state.number >= address.number and (self.state.number - address.number) % address.step == 0
        return self.state.number == address.number

    def cycle(self) -> bool:
        """One run of the script; whether the pattern space is printed at its end."""
        at, branches = 0, 0
        while at < len(self.commands):
            command = self.commands[at]
            at += 1
            if not self.selected(command):
                at = command.end if command.name == "{" else at
                continue
            result = self.execute(command)
            if isinstance(result, bool):
                return result
            if isinstance(result, str):
                branches += 1
                if branches > _MAX_BRANCHES:
                    raise UsageError("a branch that takes no time was cut off", 4)
                at = self.labels.get(result, len(self.commands)) if result else len(self.commands)
        return True

    def execute(self, command: Command) -> bool | str | None:
        """One command. None: the next one follows; a label: branch to it; a bool: the cycle ends, True prints the pattern space."""
        handler = _COMMANDS.get(command.name)
        return handler(self, command) if handler else None

    def take_next(self, command: Command) -> bool | None:
        """`n` replaces the pattern space by the next line, `N` appends it; without one the script ends."""
        state = self.state
        if state.number >= len(self.rows):
            return True
        if command.name == "n" and not self.quiet:
            state.output.append(state.pattern)
        following = self.rows[state.number]
        state.number += 1
        state.pattern = following if command.name == "n" else f"{state.pattern}\n{following}"
        return None

    def restart(self) -> bool:
        """`D` deletes the first line of the pattern space and starts over with the rest, without reading a line."""
        if "\n" in self.state.pattern:
            self.rows.insert(self.state.number, self.state.pattern.split("\n", 1)[1])
        return False

    def substitute(self, command: Command) -> None:
        """`s`."""
        assert command.pattern is not None
        nth = int("".join(c for c in command.flags if c.isdigit()) or 1)
        seen = 0

        def one(match: Match) -> str:
            nonlocal seen
            seen += 1
            return replacement(command.text, match) if seen == nth or (seen > nth and "g" in command.flags) else match[0] or ""

        self.state.pattern, _ = command.pattern.subn(one, self.state.pattern)
        if seen >= nth:
            self.state.substituted = True
            if "p" in command.flags:
                self.state.output.append(self.state.pattern)


def _change(edit: Callable[[State, Command], object]) -> Callable[[Runner, Command], None]:
    """A command that only changes the spaces and the output."""

    def run(runner: Runner, command: Command) -> None:
        edit(runner.state, command)

    return run


def _swap(state: State, _: Command) -> None:
    state.pattern, state.hold = state.hold, state.pattern


def _replace(runner: Runner, command: Command) -> bool:
    if not command.active:
        runner.state.output.append(command.text)
    return False


def _quit(runner: Runner, command: Command) -> bool:
    runner.state.quit = int(command.text or 0)
    return command.name == "q"


def _branch_if(runner: Runner, command: Command) -> str | None:
    state = runner.state
    branch, state.substituted = state.substituted == (command.name == "t"), False
    return command.text if branch else None


_COMMANDS: dict[str, Callable[[Runner, Command], bool | str | None]] = {
    "=": _change(lambda state, _: state.output.append(str(state.number))),
    "D": lambda runner, _: runner.restart(),
    "G": _change(lambda state, _: setattr(state, "pattern", f"{state.pattern}\n{state.hold}")),
    "H": _change(lambda state, _: setattr(state, "hold", f"{state.hold}\n{state.pattern}")),
    "N": Runner.take_next,
    "P": _change(lambda state, _: state.output.append(state.pattern.split("\n", 1)[0])),
    "Q": _quit,
    "T": _branch_if,
    "a": _change(lambda state, command: state.queued.append(command.text)),
    "b": lambda _, command: command.text,
    "c": _replace,
    "d": lambda _, __: False,
    "g": _change(lambda state, _: setattr(state, "pattern", state.hold)),
    "h": _change(lambda state, _: setattr(state, "hold", state.pattern)),
    "i": _change(lambda state, command: state.output.append(command.text)),
    "n": Runner.take_next,
    "p": _change(lambda state, _: state.output.append(state.pattern)),
    "q": _quit,
    "s": Runner.substitute,
    "t": _branch_if,
    "x": _change(_swap),
    "y": _change(lambda state, command: setattr(state, "pattern", state.pattern.translate(str.maketrans(*command.text.split("\0"))))),
}


class _SedFlags(Flags):
    quiet = switch("-n", "--quiet", "--silent")
    extended = switch("-E", "-r", "--regexp-extended")
    in_place = optional("-i", "--in-place")  # with a suffix: the backup is not made
    separate = switch("-s")
    expressions = values("-e", "--expression")
    script_file = value("-f")
    without_effect = switch("-z", "-u")


def sed(call: Call) -> Process:
    """`sed [-nEri] [-e script] [-f file] [script] [file ...]`."""
    given = _SedFlags.parse(call.argv[1:])
    operands = list(given.operands)
    script = "\n".join(given.expressions)
    if given.script_file is not None:
        text = yield from read_file(call, given.script_file)
        script = text if isinstance(text, str) else ""
    elif not given.expressions:
        if not operands:
            raise UsageError("no script")
        script = operands.pop(0)
    status = 0
    texts: list[tuple[str, str]] = []
    for path in operands or ["-"]:
        text = yield from read_file(call, path)
        if isinstance(text, Errno):
            status = yield from complain(call, f"{path}: {text}")
        else:
            texts.append((path, text))
    in_place = given.in_place is not None
    if in_place or given.separate:
        for path, text in texts:
            result, code = _run(script, text, given)
            if in_place:
                yield from write_file(absolute(call, path), result)
            else:
                yield from out(result)
            status = code or status
        return status
    result, code = _run(script, "".join(text for _, text in texts), given)
    yield from out(result)
    return code or status


def _run(script: str, text: str, given: _SedFlags) -> tuple[str, int]:
    """The output for one input, and the exit code of `q`."""
    runner = Runner(Compiler(script, extended_syntax=given.extended).commands(), lines(text), quiet=given.quiet)
    result = runner.run()
    if text and not text.endswith("\n") and result.endswith("\n"):
        result = result[:-1]
    return result, runner.state.quit or 0


COMMANDS: dict[str, Program] = {
    "sed": sed,
}
