"""Words: quotes, escapes, parameters and substitutions (POSIX 2.2, 2.3, 2.6)."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod

from simulator.shell.syntax.nodes import Arithmetic, Lit, Param, Part, ProcessSubstitution, Script, Substitution, Word
from simulator.shell.syntax.scanner import META, Scanner

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PARAMETER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?$!-]")
_OPERATOR = re.compile(r":?[-=?+]|##?|%%?|//?|/|\^\^?|,,?|:|@")
_ANSI = re.compile(r"\\(x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|[0-7]{1,3}|c.|.)", re.DOTALL)
_ANSI_LETTERS = {"a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_RUN = {  # longest runs of ordinary characters, by context
    False: re.compile(r"[^\s\\'\"$`;&|<>(){}/:]+"),
    True: re.compile(r"[^\\\"$`{}/:]+"),
}


def ansi_unescape(text: str) -> str:
    r"""What `$'text'` means: \n, \t, \xHH, \NNN, \uHHHH, \cX."""

    def one(match: re.Match[str]) -> str:
        code = match[1]
        if code[0] in "xuU" and len(code) > 1:
            return chr(int(code[1:], 16))
        if code[0] in "01234567":
            return chr(int(code, 8) & 255)
        if code[0] == "c" and len(code) > 1:
            return chr(ord(code[1]) & 31)
        return _ANSI_LETTERS.get(code, code if code in "\\'\"?" else match[0])

    return _ANSI.sub(one, text)


class Words(Scanner, ABC):
    """Reads one word. The grammar above supplies `script_until`, for the script inside `$( )`."""

    @abstractmethod
    def script_until(self, closer: str) -> Script:
        """Read commands up to `closer` and pass over it."""

    def word(self, extra: str = "") -> Word | None:
        """The word that starts here, None if there is none. `extra` characters are ordinary in it, which end a word elsewhere."""
        stop = META - set(extra)
        parts: list[Part] = []
        while (char := self.char) and (char not in stop or (char in "<>" and self.bash and self.text[self.pos + 1 : self.pos + 2] == "(")):
            parts += self._part(quoted=False)
        return Word(_joined(parts)) if parts else None

    def _part(self, *, quoted: bool) -> list[Part]:
        """The next piece of a word, inside or outside double quotes. Empty for a continued line."""
        char = self.char
        if char == "\\":
            return self._escape(quoted=quoted)
        if char == "$":
            return self._dollar(quoted=quoted)
        if char == "`":
            return [self._backquotes(quoted=quoted)]
        if not quoted:
            if char == "'":
                return [Lit(self._until("'", "a single quote"), quoted=True)]
            if char == '"':
                return self._double_quotes()
            if char in "<>" and self.bash and self.text[self.pos + 1 : self.pos + 2] == "(":
                self.pos += 2
                return [ProcessSubstitution(self.script_until(")"), char)]
        run = _RUN[quoted].match(self.text, self.pos)
        text = run[0] if run else char
        self.pos += len(text)
        return [Lit(text, quoted)]

    def _escape(self, *, quoted: bool) -> list[Part]:
        """A backslash. Inside double quotes it escapes only $ ` " \\ and newlines, and else stays (POSIX 2.2.3)."""
        following = self.text[self.pos + 1 : self.pos + 2]
        self.pos += 2
        if following == "\n":
            return []
        if not following:
            self.pos -= 1
            return [Lit("\\", quoted=True)]
        return [Lit(following if not quoted or following in '$`"\\' else "\\" + following, quoted=True)]

    def _until(self, closer: str, what: str) -> str:
        start = self.pos
        end = self.text.find(closer, start + 1)
        if end < 0:
            self.fail(f"{what} is never closed", start)
        self.pos = end + 1
        return self.text[start + 1 : end]

    def _double_quotes(self) -> list[Part]:
        start = self.pos
        self.pos += 1
        parts: list[Part] = []
        while not self.take('"'):
            if not self.char:
                self.fail("a double quote is never closed", start)
            parts += self._part(quoted=True)
        return parts or [Lit("", quoted=True)]

    def _backquotes(self, *, quoted: bool) -> Part:
        start = self.pos
        match = re.compile(r"`((?:[^`\\]|\\.)*)`", re.DOTALL).match(self.text, start)
        if match is None:
            self.fail("a backquote is never closed", start)
        self.pos = match.end()
        # POSIX 2.6.3: in backquotes a backslash before $ ` and \\ is removed before the script is read.
        inner = re.sub(r"\\([\\`$\"])" if quoted else r"\\([\\`$])", r"\1", match[1])
        return Substitution(type(self)(inner, bash=self.bash).script_until(""), quoted)

    def _dollar(self, *, quoted: bool) -> list[Part]:
        start = self.pos
        self.pos += 1
        if self.at("((") and (expression := self._arithmetic()) is not None:
            return [Arithmetic(expression, quoted)]
        if self.take("("):
            return [Substitution(self.script_until(")"), quoted)]
        if self.take("{"):
            return [self._braces(start, quoted=quoted)]
        if self.bash and self.char == "[":
            return [Arithmetic(self._index(), quoted)]  # an old way to write $(( ))
        if not quoted and self.char == "'":
            match = re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL).match(self.text, self.pos)
            if match is None:
                self.fail("a single quote is never closed", start)
            self.pos = match.end()
            return [Lit(ansi_unescape(match[1]), quoted=True)]
        if not quoted and self.char == '"':
            return self._double_quotes()  # $"..." is translated text; there is no translation here
        name = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-]").match(self.text, self.pos)
        if name is None:
            return [Lit("$", quoted)]
        self.pos = name.end()
        return [Param(name[0], quoted)]

    def _arithmetic(self) -> Word | None:
        """The text between `((` and `))`; None (and back to the start) if these are two subshells instead."""
        start, depth = self.pos, 0
        self.pos += 2
        parts: list[Part] = []
        while self.char:
            if self.char == ")" and depth == 0:
                if self.take("))"):
                    return Word(_joined(parts))
                break
            depth += {"(": 1, ")": -1}.get(self.char, 0)
            if self.char in "\"'()":
                parts += [] if self.char == '"' else [Lit(self.char, quoted=True)]
                self.pos += 1
            else:
                run = re.compile(r"[^()\\\"'$`]+").match(self.text, self.pos)
                self.pos = run.end() if run else self.pos
                parts += [Lit(run[0], quoted=True)] if run else self._part(quoted=True)
        self.pos = start
        return None

    def arithmetic_words(self, context: str) -> Word:
        """The expression of a `(( ))` command."""
        start = self.pos
        expression = self._arithmetic()
        if expression is None:
            self.fail(f'expected "))" {context}', start)
        return expression

    def _braces(self, start: int, *, quoted: bool) -> Part:
        """The rest of `${`."""
        op = ""
        if self.char in ("#", "!") and _PARAMETER.match(self.text, self.pos + 1) and not re.match(r"[-?=+]", self.text[self.pos + 1 :]):
            op = self.char
            self.pos += 1
        name = _PARAMETER.match(self.text, self.pos)
        if name is None:
            self.fail("bad substitution", start)
        self.pos = name.end()
        if op == "!" and self.char in ("*", "@") and self.text[self.pos + 1 : self.pos + 2] == "}" and NAME.fullmatch(name[0]):
            op += self.char
            self.pos += 2
            return Param(name[0], quoted, op)
        index = self._index() if self.char == "[" and NAME.fullmatch(name[0]) else None
        operator = _OPERATOR.match(self.text, self.pos)
        if operator is not None and op != "#":
            self.pos = operator.end()
            op += operator[0]
        replaces, slices = op.endswith("/"), op.endswith(":")
        end_of_first = op[-1:] if replaces or slices else ""  # `${x/pattern/new}`, `${x:offset:length}`
        if replaces and self.char in ("#", "%"):
            op += self.char
            self.pos += 1
        pattern = replaces or (operator is not None and operator[0][0] in "#%^,")
        first = self._argument(end_of_first, start, quoted=quoted and not pattern) if operator else None
        second = self._argument("", start, quoted=quoted) if first and self.char in ("/", ":") and self.take(self.char) else None
        if not self.take("}"):
            self.fail("bad substitution", start)
        return Param(name[0], quoted, op, first, second, index)

    def _index(self) -> Word:
        start = self.pos
        self.pos += 1
        parts: list[Part] = []
        while not self.take("]"):
            if not self.char or self.char == "\n":
                self.fail('expected "]"', start)
            run = re.compile(r"[^\]\n\\\"'$`]+").match(self.text, self.pos)
            parts += [Lit(run[0], quoted=True)] if run else self._part(quoted=False)
            self.pos = run.end() if run else self.pos
        return Word(_joined(parts))

    def _argument(self, stop: str, start: int, *, quoted: bool) -> Word:
        """The word inside `${name OP word}`: up to the closing brace, or to the character `stop`."""
        parts: list[Part] = []
        while self.char not in ("}", stop or "}"):
            if not self.char:
                self.fail('expected "}"', start)
            parts += self._double_quotes() if self.char == '"' else self._part(quoted=quoted)
        return Word(_joined(parts))

    def text_of_here_document(self) -> Word:
        """The whole text as the body of a here-document: parameters and substitutions work, quotes are ordinary characters."""
        parts: list[Part] = []
        while self.char:
            if self.char == '"':
                parts.append(Lit('"', quoted=True))
                self.pos += 1
            elif self.at('\\"'):
                parts.append(Lit('\\"', quoted=True))
                self.pos += 2
            else:
                parts += self._part(quoted=True)
        return Word(_joined(parts))

    def regular_expression(self) -> Word:
        """The right side of `=~`: a word in which parentheses and bars are ordinary inside parentheses."""
        parts: list[Part] = []
        depth = 0
        while (char := self.char) and not (depth == 0 and char in " \t\n;&)") and char != "\n":
            if char in "()|<>; \t":
                depth += {"(": 1, ")": -1}.get(char, 0)
                parts.append(Lit(char))
                self.pos += 1
            else:
                parts += self._part(quoted=False)
        return Word(_joined(parts))


def _joined(parts: list[Part]) -> tuple[Part, ...]:
    """Neighbouring literals of the same kind as one."""
    result: list[Part] = []
    for part in parts:
        if result and isinstance(part, Lit) and isinstance(last := result[-1], Lit) and last.quoted == part.quoted:
            result[-1] = Lit(last.text + part.text, part.quoted)
        else:
            result.append(part)
    return tuple(result)
