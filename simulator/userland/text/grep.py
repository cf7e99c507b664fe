"""grep and its kin."""

from __future__ import annotations

import re
from collections.abc import Callable

from simulator.process.effects import Call, Close, Effects, Open, Process, Program, Read, Unsupported
from simulator.process.errno import Errno
from simulator.process.fileio import GetGoal, absolute, descend, is_unknown, read_file
from simulator.process.problems import UsageError
from simulator.process.unknown_text import UNKNOWN_TEXT, is_unknown_text
from simulator.shell.regex.pattern import Pattern, compiled
from simulator.shell.regex.posix import basic, extended, reason
from simulator.userland.flags import Flags, integer, number, switch, value, values
from simulator.userland.streams import complain, lines, out


class _GrepFlags(Flags, missing_status=2):
    extended = switch("-E", "--extended-regexp")
    fixed = switch("-F", "--fixed-strings")
    perl = switch("-P", "--perl-regexp")
    invert = switch("-v", "--invert-match")
    ignore_case = switch("-i", "-y", "--ignore-case")
    whole_word = switch("-w", "--word-regexp")
    whole_line = switch("-x", "--line-regexp")
    count = switch("-c", "--count")
    only_matching = switch("-o", "--only-matching")
    quiet = switch("-q", "--quiet", "--silent")
    names_with = switch("-l", "--files-with-matches")
    names_without = switch("-L")
    line_number = switch("-n", "--line-number")
    no_messages = switch("-s", "--no-messages")
    without_name = switch("-h", "--no-filename")
    with_name = switch("-H", "--with-filename")
    recursive = switch("-r", "-R", "--recursive")
    patterns = values("-e", "--regexp")
    pattern_file = value("-f")
    max_count = number("-m", "--max-count")
    after = value("-A", "--after-context")
    before = value("-B", "--before-context")
    context = value("-C", "--context")
    without_effect = switch("-G", "-a", "--text", "--color", "--line-buffered")

    @property
    def summarises(self) -> bool:
        """Whether something else than the matching lines is printed."""
        return self.count or self.names_with or self.names_without

    def lines_around(self, own: str | None) -> int:
        """How many lines of context: -A or -B if it is above 0, else -C."""
        return integer(own or self.context or "0")


def grep(call: Call) -> Process:
    """`grep [-EFPvicoqwxlnshHr] [-m n] [-ABC n] pattern [file ...]`: 0 some line matched, 1 none, 2 trouble.

    Standard input is read as it comes: `tail -f log | grep -m1 ready` ends with the line.
    """
    given = _GrepFlags.parse(call.argv[1:])
    operands = list(given.operands)
    patterns = list(given.patterns)
    if given.pattern_file is not None:
        text = yield from read_file(call, given.pattern_file)
        patterns += lines(text) if isinstance(text, str) else []
    elif not patterns:
        if not operands:
            raise UsageError("pattern missing", 2)
        patterns = [operands.pop(0)]
    matcher = _matcher(patterns, given, _translation(call, given))
    paths = yield from _paths(call, operands, recursive=given.recursive)
    named = (given.with_name or len(paths) > 1 or given.recursive) and not given.without_name
    matched, trouble = False, False
    for path in paths or ["-"]:
        fd = 0 if path == "-" else (yield Open(absolute(call, path), "r"))
        if isinstance(fd, Errno):
            trouble = True
            if not given.no_messages:
                yield from complain(call, f"{path}: {fd}")
            continue
        hit = yield from _grep_one(call, fd, matcher, given, (f"{path}:" if named else "", path))
        if not hit and (yield from is_unknown(call, path if fd else "/dev/stdin")):
            what = path if fd else "its input"
            yield Unsupported(" ".join(call.argv), f"what {what} contains is unknown, so a line is assumed to match")
            hit = True
        matched |= hit
        if fd:
            yield Close(fd)
        if hit and given.quiet:
            return 0  # POSIX XCU, grep, -q: at once, even if an error came before
    return 2 if trouble and not matched else int(not matched)


def _translation(call: Call, given: _GrepFlags) -> Callable[[str], str]:
    """What makes a regular expression of Python's of a pattern."""
    if given.fixed or given.pattern_file is not None or call.name == "fgrep":
        return re.escape
    if given.perl:
        return str
    return extended if given.extended or call.name == "egrep" else basic


def _matcher(patterns: list[str], given: _GrepFlags, translate: Callable[[str], str]) -> Pattern:
    """The expression that matches any of the patterns in a line. Raises UsageError for a bad one."""
    # POSIX XCU, grep: a newline in a pattern separates patterns.
    body = "|".join(f"(?:{translate(p)})" for text in patterns for p in text.split("\n"))
    if given.whole_line:
        body = rf"\A(?:{body})\Z"
    elif given.whole_word:
        body = rf"(?<!\w)(?:{body})(?!\w)"
    try:
        return compiled(body, re.IGNORECASE if given.ignore_case else 0)
    except re.error as error:
        raise UsageError(f"bad regex '{patterns[0]}': {reason(error)}", 2) from None


def _paths(call: Call, operands: list[str], *, recursive: bool) -> Effects[list[str]]:
    """The files to read: with -r all below each operand, or below the working directory."""
    if not recursive:
        return operands
    paths = []
    for root in operands or ["."]:
        top = absolute(call, root)
        entries = yield from descend(top)
        paths += [root + path[len(top) :] for path, stat in entries if stat.kind == "file"] or [root]
    return paths


def _grep_one(call: Call, fd: int, matcher: Pattern, given: _GrepFlags, names: tuple[str, str]) -> Effects[bool]:
    """Print what one input has; whether a line was selected. `names`: what lines begin with, and the input's path."""
    prefix, path = names
    selected, line_number, limit = 0, 0, given.max_count
    before, after = given.lines_around(given.before), given.lines_around(given.after)
    recent: list[str] = []
    owed = 0  # lines of context that are still to be printed after a match
    while (text := (yield Read(fd, "line"))) and not isinstance(text, Errno):
        line_number += 1
        line = text.removesuffix("\n")
        where = f"{prefix}{line_number}:" if given.line_number else prefix
        matches = matcher.search(line) is not None
        if not matches and not given.invert and is_unknown_text(line):
            matches = yield GetGoal()
            yield Unsupported(" ".join(call.argv), f"what it reads is unknown, so {'a' if matches else 'no'} line is assumed to match")
        if matches == given.invert:
            if owed and not (given.quiet or given.summarises or given.only_matching):
                yield from out(f"{where}{line}\n")
            owed = max(owed - 1, 0)
            recent = [*recent, f"{where}{line}\n"][-before:] if before else []
            continue
        selected += 1
        if given.quiet:
            return True
        if given.only_matching:
            parts = [m[0] for m in matcher.finditer(line) if m[0]] or [UNKNOWN_TEXT] * is_unknown_text(line)
            yield from out("".join(f"{where}{part}\n" for part in parts))
        elif not given.summarises:
            yield from out("".join(recent) + f"{where}{line}\n")
        recent, owed = [], after
        if given.names_with or selected == limit:
            break
    if given.count:
        yield from out(f"{prefix}{selected}\n")
    if (given.names_with and selected) or (given.names_without and not selected):
        yield from out(f"{path}\n")
    return selected > 0


COMMANDS: dict[str, Program] = {"egrep": grep, "fgrep": grep, "grep": grep}
