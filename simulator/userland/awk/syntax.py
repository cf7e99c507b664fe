"""The expressions of awk that one-liners use, as a tree of tuples: (kind, operand ...)."""

from __future__ import annotations

import re
from typing import Any, NoReturn

from simulator.process.problems import NotSimulatedError, UsageError

Tree = tuple[Any, ...]

_TOKEN = re.compile(
    r"(?P<space>[ \t\r]+|\\\n|#[^\n]*)|(?P<newline>\n)|(?P<number>0[xX][0-9a-fA-F]+|\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+)"
    r'|(?P<string>"(?:[^"\\]|\\.)*")|(?P<name>[A-Za-z_]\w*)'
    r"|(?P<op>\+\+|--|\+=|-=|\*=|/=|%=|\^=|==|<=|>=|!=|!~|&&|\|\||>>|[-+*/%^!<>=~?:,;(){}\[\]$|])",
    re.DOTALL,
)
_KEYWORDS = frozenset(
    {"BEGIN", "END", "if", "else", "while", "for", "in", "next", "exit", "print", "printf", "delete", "do", "break", "continue", "getline"}
)
_BINARY = [["||"], ["&&"], ["in"], ["~", "!~"], ["<", "<=", "==", "!=", ">", ">="], [" "], ["+", "-"], ["*", "/", "%"]]
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "/": "/", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


def unescape(text: str) -> str:
    """Backslash sequences of an awk string."""
    return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[0]), text, flags=re.DOTALL)


class Expressions:
    """Tokens are taken on demand: a slash divides or begins a regular expression, depending on the token before it.

    `no_in` and `no_redirect` are set where `in` and `>` are not operators: in the head of `for`, and in `print`.
    """

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.kind, self.value = "", ""
        self.previous = ""
        self.no_in = False
        self.no_redirect = False
        self.advance()

    def fail(self) -> NoReturn:
        """Refuse the program: it is not awk, or not the part that is simulated."""
        raise UsageError(f"cmd. line:1: syntax error near {self.text[max(self.at - 10, 0) : self.at + 10]!r}", 1)

    def advance(self) -> str:
        """Go to the next token; return the text of the last one."""
        left = self.value
        self.previous = self.kind if self.kind != "op" else self.value
        while True:
            if self.at >= len(self.text):
                self.kind, self.value = "end", ""
                return left
            if self.text[self.at] == "/" and self.previous not in ("number", "string", "name", "regex", ")", "]", "$", "++", "--"):
                match = re.compile(r"/((?:[^/\\\n\[]|\\.|\[\^?\]?[^\]]*\])*)/").match(self.text, self.at)
                if match is None:
                    self.fail()
                self.kind, self.value, self.at = "regex", match[1].replace("\\/", "/"), match.end()
                return left
            match = _TOKEN.match(self.text, self.at)
            if match is None:
                self.fail()
            self.at = match.end()
            if match.lastgroup != "space":
                self.kind, self.value = str(match.lastgroup), match[0]
                if self.kind == "name" and self.value in _KEYWORDS:
                    self.kind = "keyword"
                return left

    def take(self, value: str) -> bool:
        """Pass over a token with this text; False if it is another."""
        if self.value == value and self.kind in ("op", "keyword", "newline"):
            self.advance()
            return True
        return False

    def expect(self, value: str) -> None:
        """Pass over a token that must be there."""
        if not self.take(value):
            self.fail()

    def breaks(self) -> None:
        """Pass over newlines and semicolons."""
        while self.take("\n") or self.take(";"):
            pass

    def newlines(self) -> None:
        """Pass over newlines."""
        while self.take("\n"):
            pass

    def expression(self, *, grouping: bool = False) -> Tree:
        """Assignment, conditional and what binds tighter. `grouping` allows `(a, b)`."""
        left = self.binary(0, grouping=grouping)
        if self.take("?"):
            yes = self.expression()
            self.expect(":")
            return ("?", left, yes, self.expression())
        if self.kind == "op" and self.value in ("=", "+=", "-=", "*=", "/=", "%=", "^="):
            if left[0] not in ("name", "index", "$"):
                self.fail()
            op = self.advance()
            self.newlines()
            return ("=", op[:-1], left, self.expression())
        if self.kind == "op" and self.value == "|":
            raise NotSimulatedError("a pipe to getline")
        return left

    def binary(self, level: int, *, grouping: bool = False) -> Tree:
        """The levels of `_BINARY`; level 5 is concatenation."""
        if level == len(_BINARY):
            return self.unary(grouping=grouping)
        left = self.binary(level + 1, grouping=grouping)
        while True:
            if level == 5:
                if (
                    not (self.kind in ("number", "string", "name", "regex") or self.value in ("$", "!", "(", "-", "++", "--"))
                    or self.value == "in"
                ):
                    return left
                left = ("concat", left, self.binary(level + 1))
                continue
            if self.value not in _BINARY[level] or self.kind not in ("op", "keyword") or (self.value == ">" and self.no_redirect):
                return left
            if self.value == "in" and self.no_in:
                return left
            op = self.advance()
            if op in ("||", "&&"):
                self.newlines()
            left = ("in", left, self.advance()) if op == "in" else (op, left, self.binary(level + 1))

    def unary(self, *, grouping: bool = False) -> Tree:
        """`!`, signs, powers, increments."""
        if self.kind == "op" and self.value in ("!", "-", "+"):
            return ("unary" + self.advance(), self.unary())
        if self.kind == "op" and self.value in ("++", "--"):
            op = self.advance()
            return ("=", op[0], self.primary(), ("number", 1.0))
        left = self.primary(grouping=grouping)
        if self.kind == "op" and self.value in ("++", "--") and left[0] in ("name", "index", "$"):
            return ("post", self.advance()[0], left)
        if self.take("^"):
            return ("^", left, self.unary())
        return left

    def primary(self, *, grouping: bool = False) -> Tree:
        """Constants, fields, variables, calls, parentheses."""
        kind = self.kind
        if kind == "number":
            text = self.advance()
            return ("number", float(int(text, 16)) if text[:2] in ("0x", "0X") else float(text))
        if kind == "string":
            return ("string", unescape(self.advance()[1:-1]))
        if kind == "regex":
            return ("regex", self.advance())
        if self.take("$"):
            return ("$", self.primary() if self.value not in ("++", "--", "-") else self.unary())
        if self.take("("):
            return self._parentheses(grouping=grouping)
        if kind != "name":
            if self.value == "getline":
                raise NotSimulatedError("getline")
            self.fail()
        name = self.advance()
        if self.value == "(" and self.text[self.at - 2 : self.at - 1] != " ":
            return self._call(name)
        if name == "length":
            return ("call", name, [])
        if self.take("["):
            keys = [self.expression()]
            while self.take(","):
                keys.append(self.expression())
            self.expect("]")
            return ("index", name, keys[0] if len(keys) == 1 else ("keys", keys))
        return ("name", name)

    def _parentheses(self, *, grouping: bool) -> Tree:
        """`(a)`, `(a, b) in array`, and the list in `print (a, b)`."""
        # Inside parentheses `>` compares and `in` is an operator, whatever they mean outside.
        before, self.no_redirect, self.no_in = (self.no_redirect, self.no_in), False, False
        parts = [self.expression()]
        while self.take(","):
            parts.append(self.expression())
        self.expect(")")
        self.no_redirect, self.no_in = before
        if len(parts) == 1:
            return parts[0]
        if self.take("in"):
            return ("in", ("keys", parts), self.advance())
        return ("group" if grouping else "keys", parts)

    def _call(self, name: str) -> Tree:
        self.expect("(")
        was, self.no_redirect = self.no_redirect, False
        args = []
        while self.value != ")":
            args.append(self.expression())
            self.newlines()
            if not self.take(","):
                break
        self.no_redirect = was
        self.expect(")")
        return ("call", name, args)
