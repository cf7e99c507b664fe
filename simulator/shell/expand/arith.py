"""Arithmetic of `$((...))`, `((...))` and `let` (POSIX 2.6.4): C's operators on 64-bit integers, variables by name."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NoReturn

from simulator.shell.expand.variables import ExpansionError, Variables

_TOKEN = re.compile(
    r"\s*(?:(0[xX][0-9a-fA-F]+|\d+#\w+|\d+)|([A-Za-z_]\w*)(\[[^]]*\])?|"
    r"(<<=|>>=|\*\*|\+\+|--|&&|\|\||<<|>>|[-+*/%&|^<>=!]=|[-+*/%&|^<>=!~?:,()]))"
)
_LEVELS = [["||"], ["&&"], ["|"], ["^"], ["&"], ["==", "!="], ["<", ">", "<=", ">="], ["<<", ">>"], ["+", "-"], ["*", "/", "%"]]
_ASSIGN = {"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="}
_MAX_DEPTH = 32  # of variables that hold expressions: `x=x` must fail, not recurse forever


def _wrap(number: int) -> int:
    """POSIX asks for signed long; overflow wraps around, as in dash and bash."""
    return (number + (1 << 63)) % (1 << 64) - (1 << 63)


def _quotient(a: int, b: int) -> int:
    """C rounds towards zero, Python down."""
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


_BINARY: dict[str, Callable[[int, int], int]] = {
    "|": lambda a, b: a | b,
    "^": lambda a, b: a ^ b,
    "&": lambda a, b: a & b,
    "==": lambda a, b: int(a == b),
    "!=": lambda a, b: int(a != b),
    "<": lambda a, b: int(a < b),
    ">": lambda a, b: int(a > b),
    "<=": lambda a, b: int(a <= b),
    ">=": lambda a, b: int(a >= b),
    "<<": lambda a, b: a << (b & 63),
    ">>": lambda a, b: a >> (b & 63),
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
}


def evaluate(text: str, variables: Variables, depth: int = 0) -> int:
    """The value of an expression; empty is 0. Raises ExpansionError, with the text that shells print."""
    return _Evaluation(text, variables, depth).run()


class _Evaluation:
    """One pass over the tokens, which parses and evaluates at once.

    `live` is false in the branch of `&&`, `||` and `?:` that is not taken: it is parsed, but assigns nothing and divides by no zero.
    """

    def __init__(self, text: str, variables: Variables, depth: int) -> None:
        self.text, self.variables, self.depth = text, variables, depth
        self.tokens: list[tuple[str, str, str]] = []
        self.at, self.live = 0, True
        position = 0
        while text[position:].strip():
            match = _TOKEN.match(text, position)
            if match is None:
                self.fail()
            number, name, index, op = match.groups()
            if number:
                self.tokens.append(("number", number, ""))
            elif name:
                self.tokens.append(("name", name, (index or "")[1:-1]))
            else:
                self.tokens.append(("op", op, ""))
            position = match.end()
        if depth > _MAX_DEPTH:
            raise ExpansionError(f"{text}: expression recursion level exceeded")

    def fail(self) -> NoReturn:
        raise ExpansionError(f"arithmetic syntax error in {self.text.strip()!r}")

    def run(self) -> int:
        if not self.tokens:
            return 0
        value = self.comma()
        if self.at < len(self.tokens):
            self.fail()
        return value

    def op(self, *operators: str) -> str:
        """The operator here, if it is one of those, passed over; else ""."""
        if self.at < len(self.tokens) and self.tokens[self.at][0] == "op" and self.tokens[self.at][1] in operators:
            self.at += 1
            return self.tokens[self.at - 1][1]
        return ""

    def comma(self) -> int:
        value = self.assignment()
        while self.op(","):
            value = self.assignment()
        return value

    def assignment(self) -> int:
        if self.at + 1 < len(self.tokens) and self.tokens[self.at][0] == "name":
            kind, op, _ = self.tokens[self.at + 1]
            if kind == "op" and op in _ASSIGN:
                target = self.tokens[self.at]
                self.at += 2
                value = self.assignment()
                return self.store(target, value if op == "=" else self.apply(op[:-1], self.load(target), value))
        return self.conditional()

    def conditional(self) -> int:
        condition = self.binary(0)
        if not self.op("?"):
            return condition
        was = self.live
        self.live = was and condition != 0
        first = self.assignment()
        if not self.op(":"):
            self.fail()
        self.live = was and condition == 0
        second = self.assignment()
        self.live = was
        return first if condition else second

    def binary(self, level: int) -> int:
        if level == len(_LEVELS):
            return self.power()
        left = self.binary(level + 1)
        while op := self.op(*_LEVELS[level]):
            was = self.live
            if op in ("||", "&&"):
                self.live = was and (left == 0) == (op == "||")
                right = self.binary(level + 1)
                self.live = was
                left = int(bool(left or right)) if op == "||" else int(bool(left and right))
            else:
                left = self.apply(op, left, self.binary(level + 1))
        return left

    def apply(self, op: str, left: int, right: int) -> int:
        if op in ("/", "%"):
            if right == 0:
                if not self.live:
                    return 0
                raise ExpansionError("division by 0")
            quotient = _quotient(left, right)
            return _wrap(quotient if op == "/" else left - quotient * right)
        return _wrap(_BINARY[op](left, right))

    def power(self) -> int:
        base = self.unary()
        if not self.op("**"):
            return base
        exponent = self.power()
        if exponent < 0:
            raise ExpansionError("exponent less than 0")
        return _wrap(pow(base, exponent, 1 << 64))  # modulo 2**64: the whole of 2**100000 would take too long

    def unary(self) -> int:
        if op := self.op("++", "--"):
            if self.at >= len(self.tokens) or self.tokens[self.at][0] != "name":
                self.fail()
            target = self.tokens[self.at]
            self.at += 1
            return self.store(target, self.load(target) + (1 if op == "++" else -1))
        match self.op("!", "~", "-", "+"):
            case "!":
                return int(not self.unary())
            case "~":
                return ~self.unary()
            case "-":
                return _wrap(-self.unary())
            case "+":
                return self.unary()
        return self.primary()

    def primary(self) -> int:
        if self.op("("):
            value = self.comma()
            if not self.op(")"):
                self.fail()
            return value
        if self.at >= len(self.tokens) or self.tokens[self.at][0] == "op":
            self.fail()
        token = self.tokens[self.at]
        self.at += 1
        if token[0] == "number":
            return self.number(token[1])
        value = self.load(token)
        if op := self.op("++", "--"):
            self.store(token, value + (1 if op == "++" else -1))
        return value

    def number(self, text: str) -> int:
        try:
            if "#" in text:  # bash: 16#ff
                base, digits = text.split("#")
                return int(digits, int(base))
            if text[:2] in ("0x", "0X"):
                return int(text, 16)
            # C's octal: `$((08))` is an error, which catches scripts that calculate with dates.
            return int(text, 8) if text[0] == "0" and len(text) > 1 else int(text)
        except ValueError:
            raise ExpansionError(f"{text}: value too great for base") from None

    def key(self, token: tuple[str, str, str]) -> int:
        return evaluate(token[2], self.variables, self.depth + 1)

    def load(self, token: tuple[str, str, str]) -> int:
        """The value of a variable, which may itself be an expression; unset is 0 unless `set -u`."""
        _, name, index = token
        value = self.variables.get(name)
        if index:
            array = self.variables.values.get(name)
            value = array.get(self.key(token)) if isinstance(array, dict) else value
        if value is None and self.variables.unset_is_error and self.live:
            raise ExpansionError(f"{name}: unbound variable", fatal=True)
        return evaluate(value, self.variables, self.depth + 1) if value else 0

    def store(self, token: tuple[str, str, str], value: int) -> int:
        value = _wrap(value)
        if self.live and token[2]:
            self.variables.set_element(token[1], self.key(token), str(value))
        elif self.live:
            self.variables.set(token[1], str(value))
        return value
