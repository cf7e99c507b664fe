"""Words to fields, in POSIX 2.6's order: tilde, parameters, substitutions, arithmetic, field splitting, file names, quote removal."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Protocol

from simulator.process.effects import Effects
from simulator.shell.dialects import BAD_OPERATORS, BAD_SUBSTITUTION, DASH
from simulator.shell.expand.arith import evaluate
from simulator.shell.expand.braces import braces
from simulator.shell.expand.dynamic import refresh
from simulator.shell.expand.globbing import file_names
from simulator.shell.expand.parameters import DEFAULTS, bounds, complaint, recase, replace, strip, transform
from simulator.shell.expand.pattern import Pieces, is_pattern
from simulator.shell.expand.variables import ExpansionError, Variables
from simulator.shell.syntax.nodes import Arithmetic, Lit, Param, Part, ProcessSubstitution, Script, Substitution, Word

Text = Effects[str]
Nothing = Effects[None]


class Scope(Protocol):
    """What expansion needs of the shell."""

    variables: Variables
    bash: bool
    dialect: str
    cwd: str
    line: int

    def substitute(self, script: Script) -> Text:
        """The output of `$(script)`."""

    def connect(self, node: ProcessSubstitution) -> Text:
        """The name of a file that is a pipe to or from the script."""


class Fields:
    """Fields being made, each of quoted and unquoted pieces."""

    def __init__(self, separators: str, *, splitting: bool) -> None:
        self.done: list[list[tuple[str, bool]]] = []
        self.current: list[tuple[str, bool]] = []
        self.splitting = splitting
        self._separator = _separator(separators)

    def add(self, text: str, *, quoted: bool) -> None:
        """Add text that is not split; quoted text makes a field even when empty: `""` is an argument, an unset `$x` is none."""
        if text or quoted:
            self.current.append((text, quoted))

    def finish(self) -> None:
        """End the field, if there is one."""
        if self.current:
            self.done.append(self.current)
        self.current = []

    def value(self, text: str, *, quoted: bool) -> None:
        """Add the result of an expansion: split when unquoted (POSIX 2.6.5)."""
        if quoted or not self.splitting or self._separator is None:
            self.add(text, quoted=quoted)
            return
        at = 0
        for match in self._separator.finditer(text):
            self.add(text[at : match.start()], quoted=False)
            if match[1]:
                # Two separators that are no blanks have an empty field between them; blanks alone never make one.
                self.current = self.current or [("", True)]
            self.finish()
            at = match.end()
        self.add(text[at:], quoted=False)

    def values(self, texts: list[str], *, quoted: bool, starred: bool, separators: str) -> None:
        """Add the result of `$@`, `$*` or an array: one field each, or one in all for `"$*"` (POSIX 2.5.2)."""
        if not self.splitting or (quoted and starred):
            joint = separators[:1] if starred else " "  # the first character of IFS
            self.add(joint.join(texts), quoted=quoted)
            return
        for number, text in enumerate(texts):
            if number:
                self.finish()
            self.value(text, quoted=quoted)


def _separator(separators: str) -> re.Pattern[str] | None:
    """What separates fields: each character that is no blank with the blanks around it, or blanks alone; None for an empty IFS.

    Group 1 is the character that is no blank. POSIX 2.6.5 calls the blanks IFS white space.
    """
    if not separators:
        return None
    blanks = "".join(c for c in separators if c in " \t\n")
    others = "".join(c for c in separators if c not in " \t\n")
    blank = f"[{re.escape(blanks)}]" if blanks else "(?!)"
    return re.compile(f"{blank}*([{re.escape(others)}]){blank}*|({blank})+" if others else f"{blank}+()")


def expand_all(scope: Scope, words: Iterable[Word]) -> Effects[list[str]]:
    """The arguments that words become."""
    out: list[str] = []
    for word in words:
        if word.plain is not None and not _special(word.plain):
            out.append(word.plain)  # most words are plain: nothing can happen to them
            continue
        for single in braces(word) if scope.bash else (word,):
            fields = Fields(scope.variables.separators, splitting=True)
            yield from _parts(scope, _tilde(scope, single), fields)
            fields.finish()
            for field in fields.done:
                out += yield from _file_names(scope, tuple(field))
    return out


def _file_names(scope: Scope, pieces: Pieces) -> Effects[list[str]]:
    """The files that a field's pattern matches; the text itself when nothing does (POSIX 2.13.3), unless nullglob or failglob is on."""
    options = scope.variables.options
    text = "".join(t for t, _ in pieces)
    if not is_pattern(pieces) or "f" in options:
        return [text]
    names = yield from file_names(pieces, scope.cwd, hidden="dotglob" in options)
    if not names and "failglob" in options:
        raise ExpansionError(f"no match: {text}")
    if names:
        return names
    return [] if "nullglob" in options else [text]


def _special(text: str) -> bool:
    return any(c in text for c in "*?[{~")


def expand_pieces(scope: Scope, word: Word) -> Effects[Pieces]:
    """One field that is not split, with its quoting: for patterns."""
    fields = Fields(scope.variables.separators, splitting=False)
    yield from _parts(scope, _tilde(scope, word), fields)
    return tuple(fields.current)


def expand_text(scope: Scope, word: Word) -> Text:
    """One text: for assignments, redirections, here-documents, arithmetic."""
    pieces = yield from expand_pieces(scope, word)
    return "".join(text for text, _ in pieces)


def _tilde(scope: Scope, word: Word) -> tuple[Part, ...]:
    """Replace `~` at the start by HOME (POSIX 2.6.1); the result is neither split nor a pattern. Homes of others are unknown."""
    first = word.parts[0] if word.parts else None
    if not isinstance(first, Lit) or first.quoted or not re.match(r"~(/|$)", first.text):
        return word.parts
    home = scope.variables.get("HOME") or "/root"
    return (Lit(home, quoted=True), Lit(first.text[1:]), *word.parts[1:])


def _parts(scope: Scope, parts: tuple[Part, ...], out: Fields) -> Nothing:
    for part in parts:
        match part:
            case Lit():
                out.add(part.text, quoted=part.quoted)
            case Param():
                yield from _parameter(scope, part, out)
            case Substitution():
                out.value((yield from scope.substitute(part.script)), quoted=part.quoted)
            case Arithmetic():
                expression = yield from expand_text(scope, part.expression)
                yield from refresh(scope, expression)
                number = evaluate(expression, scope.variables)
                out.value(str(number), quoted=part.quoted)
            case ProcessSubstitution():
                out.add((yield from scope.connect(part)), quoted=True)


def _parameter(scope: Scope, part: Param, out: Fields) -> Nothing:
    variables, name, op = scope.variables, part.name, part.op
    index = "" if part.index is None else (yield from expand_text(scope, part.index))
    yield from refresh(scope, name)
    if op in ("!*", "!@"):
        names = sorted(known for known in variables.values if known.startswith(name))
        out.values(names, quoted=part.quoted, starred=op == "!*", separators=variables.separators)
        return
    if op.startswith("!"):  # bash: `${!array[@]}` are the keys, `${!name}` is the variable that `name` names
        if index in ("@", "*"):
            out.values([str(k) for k in variables.keys(name)], quoted=part.quoted, starred=index == "*", separators=variables.separators)
            return
        name, index, op = variables.get(name) or "", "", op[1:]
        if not name:
            raise ExpansionError(f"{part.name}: invalid indirect expansion")
    many = name in ("@", "*") or index in ("@", "*")
    values = _values(variables, name, index)
    joined = " ".join(values) if values else None
    if op in DEFAULTS:
        absent = joined is None or (op[0] == ":" and not joined)  # with a colon, empty counts as unset
        if absent == (op[-1] != "+"):
            yield from _default(scope, part, name, op, out)
            return
        if op[-1] == "+":
            out.add("", quoted=part.quoted)
            return
    elif joined is None and not many and variables.unset_is_error:
        raise ExpansionError(f"{name}: {'unbound variable' if scope.bash else 'parameter not set'}", fatal=True)
    if op == "#" and part.argument is None:
        out.value(str(len(values) if many else len(joined or "")), quoted=part.quoted)
        return
    if op not in DEFAULTS and op:
        values = yield from _operate(scope, part, op, values, many=many)
    if many:
        out.values(values, quoted=part.quoted, starred="*" in (name, index), separators=variables.separators)
    else:
        out.value(values[0] if values else "", quoted=part.quoted)


def _values(variables: Variables, name: str, index: str) -> list[str]:
    if name in ("@", "*"):
        return list(variables.args)
    if index in ("@", "*"):
        return variables.elements(name)
    if index:
        array = variables.values.get(name)
        key: int | str = index if variables.is_map(name) else evaluate(index, variables)
        if not isinstance(array, dict):
            return variables.elements(name) if key == 0 else []
        if isinstance(key, int) and key < 0:  # bash counts from the end
            key += max((k for k in array if isinstance(k, int)), default=0) + 1
        value = array.get(key)
    else:
        value = variables.get(name)
    return [] if value is None else [value]


def _default(scope: Scope, part: Param, name: str, op: str, out: Fields) -> Nothing:
    """`-` uses the argument instead, `=` also assigns it, `?` complains with it, `+` uses it because there is a value."""
    argument = part.argument or Word(())
    if op[-1] == "?":
        raise complaint(name, (yield from expand_text(scope, argument)), bash=scope.bash, colon=op[0] == ":")
    if op[-1] == "=":
        text = yield from expand_text(scope, argument)
        scope.variables.set(name, text)
        out.value(text, quoted=part.quoted)
        return
    for piece in _tilde(scope, argument):
        if isinstance(piece, Lit) and not piece.quoted:
            out.value(piece.text, quoted=part.quoted)  # split: `${x:-a b}` makes two fields
        else:
            yield from _parts(scope, (piece,), out)
    if part.quoted:
        out.add("", quoted=True)


def _operate(scope: Scope, part: Param, op: str, values: list[str], *, many: bool) -> Effects[list[str]]:
    argument, second = part.argument or Word(()), part.second
    if op[0] in BAD_OPERATORS.get(scope.dialect, "") or (op == ":" and scope.dialect == DASH):
        raise ExpansionError(BAD_SUBSTITUTION[scope.dialect], fatal=True)
    if op == ":":
        offset = evaluate((yield from expand_text(scope, argument)), scope.variables)
        count = None if second is None else evaluate((yield from expand_text(scope, second)), scope.variables)
        if not many:
            return [text[bounds(len(text), offset, count)] for text in values]
        if part.name in ("@", "*"):  # positional parameters count from 1, and $0 is before them
            values = [scope.variables.name, *values] if offset == 0 else values
            offset -= offset > 0
        return values[bounds(len(values), offset, count)]
    pattern = yield from expand_pieces(scope, argument)
    if op[0] in "#%":
        return [strip(text, op, pattern) for text in values]
    if op[0] == "/":
        new = yield from expand_text(scope, second or Word(()))
        return [replace(text, op, pattern, new) for text in values]
    if op[0] in "^,":
        return [recase(text, op, pattern) for text in values]
    return [transform(text, "".join(t for t, _ in pattern)) for text in values]
