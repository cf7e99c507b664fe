"""sed: a small compiler of scripts and the loop that runs them."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any, NoReturn

from simulator.shell.commands.basics import Gen, UsageProblem, complain, full, lines, options, out, read_file
from simulator.shell.commands.copying import write_file
from simulator.shell.effects import Call, Effect
from simulator.shell.errno import Errno
from simulator.shell.regex import basic, extended

_MAX_BRANCHES = 100_000  # a script that branches for ever takes no time: cut it off


@dataclass
class Address:
    """A line number, `$`, `first~step`, or a regular expression."""

    number: int = 0
    step: int | None = None
    last: bool = False
    pattern: re.Pattern[str] | None = None


@dataclass
class Command:
    """One command with its addresses and arguments."""

    name: str
    addresses: list[Address]
    negated: bool = False
    text: str = ""
    pattern: re.Pattern[str] | None = None
    flags: str = ""
    active: bool = False
    end: int = 0


@dataclass
class State:
    """The spaces and what is still to be printed after the cycle."""

    pattern: str = ""
    hold: str = ""
    number: int = 0
    queued: list[str] = field(default_factory=list)
    output: list[str] = field(default_factory=list)
    substituted: bool = False
    quit: int | None = None


class Compiler:
    """Reads a script into commands."""

    def __init__(self, text: str, *, extended_syntax: bool) -> None:
        self.text, self.at, self.extended = text, 0, extended_syntax

    def fail(self) -> NoReturn:
        """The script is not one."""
        raise UsageProblem(f"bad option in substitution expression or unknown command: {self.text[self.at : self.at + 10]!r}", 1)

    def char(self) -> str:
        """The character here."""
        return self.text[self.at : self.at + 1]

    def skip(self, characters: str) -> None:
        """Pass over any of these."""
        while self.char() and self.char() in characters:
            self.at += 1

    def until(self, delimiter: str, *, keep: bool = True) -> str:
        """Text up to an unescaped delimiter, which is passed over; one in brackets does not count."""
        result: list[str] = []
        bracketed = False
        while (char := self.char()) != delimiter or bracketed:
            if not char:
                self.fail()
            self.at += 1
            if char == "\\":
                following = self.char()
                self.at += 1
                result.append(following if following == delimiter and delimiter not in "|(){}+?" else char + following)
                continue
            if keep and char == "[" and not bracketed:
                bracketed = True
            elif char == "]" and bracketed and result[-1:] != ["["]:
                bracketed = False
            result.append(char)
        self.at += 1
        return "".join(result)

    def regex(self, text: str, flags: str = "") -> re.Pattern[str]:
        """Compile a pattern; `M` and `I` as in GNU sed."""
        try:
            body = extended(text) if self.extended else basic(text)
            return re.compile(body, (re.IGNORECASE if "I" in flags or "i" in flags else 0) | (re.MULTILINE if "M" in flags else 0))
        except re.error:
            raise UsageProblem(f"bad regex '{text}'", 1) from None

    def address(self) -> Address | None:
        """One address, if there is one here."""
        if match := re.compile(r"(\d+)(?:~(\d+))?").match(self.text, self.at):
            self.at = match.end()
            return Address(int(match[1]), int(match[2]) if match[2] else None)
        if self.char() == "$":
            self.at += 1
            return Address(last=True)
        if self.char() in ("/", "\\"):
            if self.char() == "\\":
                self.at += 1
            delimiter = self.char()
            self.at += 1
            pattern = self.until(delimiter)
            flags = ""
            while self.char() in ("I", "M"):
                flags += self.char()
                self.at += 1
            return Address(pattern=self.regex(pattern, flags))
        return None

    def commands(self) -> list[Command]:
        """The whole script; `{` and `}` know each other's place."""
        found: list[Command] = []
        opened: list[int] = []
        while True:
            self.skip(" \t\n;")
            if not self.char():
                if opened:
                    self.fail()
                return found
            command = self.command()
            if command.name == "{":
                opened.append(len(found))
            elif command.name == "}":
                if not opened:
                    self.fail()
                found[opened.pop()].end = len(found)
            if command.name != "#":
                found.append(command)

    def command(self) -> Command:
        """One command."""
        addresses = []
        if first := self.address():
            addresses.append(first)
            self.skip(" \t")
            if self.char() == ",":
                self.at += 1
                self.skip(" \t")
                addresses.append(self.address() or self.fail())
        self.skip(" \t")
        negated = self.char() == "!"
        self.skip("! \t")
        command = Command(self.char(), addresses, negated)
        self.at += 1
        match command.name:
            case "s":
                self.substitution(command)
            case "y":
                delimiter = self.char()
                self.at += 1
                command.text = self.until(delimiter, keep=False) + "\0" + self.until(delimiter, keep=False)
            case "a" | "i" | "c":
                self.skip(" \t")
                if self.char() == "\\":
                    self.at += 1
                    self.skip(" \t")
                    if self.char() == "\n":
                        self.at += 1
                match = re.compile(r"(?:\\\n|[^\n])*").match(self.text, self.at)
                command.text = re.sub(r"\\(\n|.)", lambda m: {"n": "\n", "t": "\t"}.get(m[1], m[1]), match[0] if match else "")
                self.at += len(match[0]) if match else 0
            case ":" | "b" | "t" | "T" | "r" | "w" | "q" | "Q":
                match = re.compile(r"[^\n;}]*" if command.name not in "rw" else r"[^\n]*").match(self.text, self.at)
                command.text = match[0].strip() if match else ""
                self.at += len(match[0]) if match else 0
            case "#":
                self.at = (self.text + "\n").find("\n", self.at)
            case "{" | "}" | "d" | "D" | "p" | "P" | "n" | "N" | "g" | "G" | "h" | "H" | "x" | "=":
                pass
            case _:
                self.at -= 1
                self.fail()
        return command

    def substitution(self, command: Command) -> None:
        """What follows `s`."""
        delimiter = self.char()
        self.at += 1
        pattern = self.until(delimiter)
        command.text = self.until(delimiter, keep=False)
        flags = re.compile(r"[gpiIMme0-9]*").match(self.text, self.at)
        command.flags = flags[0] if flags else ""
        self.at += len(command.flags)
        command.pattern = self.regex(pattern, command.flags)


def replacement(template: str, match: re.Match[str]) -> str:
    r"""`&`, `\1` and escapes in the right side of `s`."""

    def one(piece: re.Match[str]) -> str:
        text = piece[0]
        if text == "&":
            return match[0]
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
        """Do the addresses pick this line?"""
        if not command.addresses:
            chosen = True
        elif len(command.addresses) == 1:
            chosen = self.is_at(command.addresses[0])
        elif command.active:
            chosen, last = True, command.addresses[1]
            command.active = not (self.is_at(last) or (last.number and not last.step and self.state.number >= last.number))
            if last.number and self.state.number > last.number:
                chosen = False
        else:
            chosen, last = self.is_at(command.addresses[0]), command.addresses[1]
            command.active = chosen and not (last.number and self.state.number >= last.number)
        return chosen != command.negated

    def is_at(self, address: Address) -> bool:
        """Does one address pick this line?"""
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
                    raise UsageProblem("a branch that takes no time was cut off", 4)
                at = self.labels.get(result, len(self.commands)) if result else len(self.commands)
        return True

    def execute(self, command: Command) -> bool | str | None:
        """One command: None goes on, a label branches, a bool ends the cycle (and says whether to print)."""
        state = self.state
        match command.name:
            case "s":
                self.substitute(command)
            case "y":
                state.pattern = state.pattern.translate(str.maketrans(*command.text.split("\0")))
            case "d":
                return False
            case "D":
                if "\n" not in state.pattern:
                    return False
                self.rows.insert(state.number, state.pattern.split("\n", 1)[1])
                return False
            case "p":
                state.output.append(state.pattern)
            case "P":
                state.output.append(state.pattern.split("\n", 1)[0])
            case "n" | "N":
                if state.number >= len(self.rows):
                    return True
                if command.name == "n" and not self.quiet:
                    state.output.append(state.pattern)
                following = self.rows[state.number]
                state.number += 1
                state.pattern = following if command.name == "n" else f"{state.pattern}\n{following}"
            case "g":
                state.pattern = state.hold
            case "G":
                state.pattern += "\n" + state.hold
            case "h":
                state.hold = state.pattern
            case "H":
                state.hold += "\n" + state.pattern
            case "x":
                state.pattern, state.hold = state.hold, state.pattern
            case "=":
                state.output.append(str(state.number))
            case "a":
                state.queued.append(command.text)
            case "i":
                state.output.append(command.text)
            case "c":
                if not command.active:
                    state.output.append(command.text)
                return False
            case "q" | "Q":
                state.quit = int(command.text or 0)
                return command.name == "q"
            case "b":
                return command.text
            case "t" | "T":
                branch, state.substituted = state.substituted == (command.name == "t"), False
                return command.text if branch else None
        return None

    def substitute(self, command: Command) -> None:
        """`s`."""
        assert command.pattern is not None
        nth = int("".join(c for c in command.flags if c.isdigit()) or 1)
        seen = 0

        def one(match: re.Match[str]) -> str:
            nonlocal seen
            seen += 1
            return replacement(command.text, match) if seen == nth or (seen > nth and "g" in command.flags) else match[0]

        self.state.pattern = command.pattern.sub(one, self.state.pattern)
        if seen >= nth:
            self.state.substituted = True
            if "p" in command.flags:
                self.state.output.append(self.state.pattern)


def sed(call: Call) -> Gen:
    """`sed [-nEri] [-e script] [-f file] [script] [file ...]`."""
    chosen = options(
        _in_place(call.argv[1:]), "nEriszu", "ef", {"quiet": "n", "silent": "n", "regexp-extended": "E", "expression": "e", "in-place": "i"}
    )
    operands = list(chosen.rest)
    script = "\n".join(value for letter, value in chosen.all if letter == "e")
    if "f" in chosen:
        text = yield from read_file(call, chosen["f"])
        script = text if isinstance(text, str) else ""
    elif "e" not in chosen:
        if not operands:
            raise UsageProblem("no script")
        script = operands.pop(0)
    is_extended = "E" in chosen or "r" in chosen
    status = 0
    texts: list[tuple[str, str]] = []
    for path in operands or ["-"]:
        text = yield from read_file(call, path)
        if isinstance(text, Errno):
            status = yield from complain(call, f"{path}: {text}")
        else:
            texts.append((path, text))
    if "i" in chosen or "s" in chosen:
        for path, text in texts:
            result, code = _run(script, text, quiet="n" in chosen, is_extended=is_extended)
            yield from _put(call, path, result) if "i" in chosen else out(result)
            status = code or status
        return status
    result, code = _run(script, "".join(text for _, text in texts), quiet="n" in chosen, is_extended=is_extended)
    yield from out(result)
    return code or status


def _in_place(args: tuple[str, ...]) -> list[str]:
    """`-i.bak` and `--in-place=.bak` as plain `-i`: the backup is not made."""
    return ["-i" if re.fullmatch(r"-i\..*|--in-place=.*", a) else a for a in args]


def _run(script: str, text: str, *, quiet: bool, is_extended: bool) -> tuple[str, int]:
    runner = Runner(Compiler(script, extended_syntax=is_extended).commands(), lines(text), quiet=quiet)
    result = runner.run()
    if text and not text.endswith("\n") and result.endswith("\n"):
        result = result[:-1]
    return result, runner.state.quit or 0


def _put(call: Call, path: str, text: str) -> Generator[Effect, Any, None]:
    yield from write_file(full(call, path), text)
