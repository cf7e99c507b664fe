"""The grammar of sed scripts: addresses and commands (POSIX XCU, sed)."""

from __future__ import annotations

import re
from typing import NoReturn

import msgspec

from simulator.process.problems import UsageError
from simulator.shell.regex.pattern import Pattern, compiled
from simulator.shell.regex.posix import basic, extended, reason


class Address(msgspec.Struct):
    """A line number, `$`, `first~step`, or a regular expression."""

    number: int = 0
    step: int | None = None
    last: bool = False
    pattern: Pattern | None = None


class Command(msgspec.Struct):
    """One command with its addresses and arguments.

    Attributes:
        text: Its argument: a replacement, a label, a text, or the two sets of `y` with a NUL between them.
        active: Its range of addresses has begun and not ended.
        end: The place behind the `}` that closes this `{`.
    """

    name: str
    addresses: list[Address]
    negated: bool = False
    text: str = ""
    pattern: Pattern | None = None
    flags: str = ""
    active: bool = False
    end: int = 0


class Compiler:
    """Reads a script into commands."""

    def __init__(self, text: str, *, extended_syntax: bool) -> None:
        self.text, self.at, self.extended = text, 0, extended_syntax

    def fail(self) -> NoReturn:
        """Refuse the script."""
        raise UsageError(f"bad option in substitution expression or unknown command: {self.text[self.at : self.at + 10]!r}", 1)

    def char(self) -> str:
        """The next character; "" at the end."""
        return self.text[self.at : self.at + 1]

    def skip(self, characters: str) -> None:
        """Pass over any of these characters."""
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
                # The escaped delimiter is a plain character, but for those whose backslash has a meaning in an expression.
                result.append(following if following == delimiter and delimiter not in "|(){}+?" else char + following)
                continue
            if keep and char == "[" and not bracketed:
                bracketed = True
            elif char == "]" and bracketed and result[-1:] != ["["]:
                bracketed = False
            result.append(char)
        self.at += 1
        return "".join(result)

    def regex(self, text: str, flags: str = "") -> Pattern:
        """Compile a pattern; `M` and `I` as in GNU sed."""
        try:
            body = extended(text) if self.extended else basic(text)
            return compiled(body, (re.IGNORECASE if "I" in flags or "i" in flags else 0) | (re.MULTILINE if "M" in flags else 0))
        except re.error as error:
            raise UsageError(f"bad regex '{text}': {reason(error)}", 1) from None

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
        """The whole script; each `{` knows where its `}` is."""
        commands: list[Command] = []
        opened: list[int] = []
        while True:
            self.skip(" \t\n;")
            if not self.char():
                if opened:
                    self.fail()
                return commands
            command = self.command()
            if command.name == "{":
                opened.append(len(commands))
            elif command.name == "}":
                if not opened:
                    self.fail()
                commands[opened.pop()].end = len(commands)
            if command.name != "#":
                commands.append(command)

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
        named = max((int(digit) for digit in re.findall(r"\\(?:([1-9])|.)", command.text, re.DOTALL) if digit), default=0)
        if named > command.pattern.groups:
            raise UsageError(f"-e expression #1, char {len(self.text)}: invalid reference \\{named} on `s' command's RHS", 1)
