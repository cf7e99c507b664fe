"""Reading expressions of other languages: literals, names that were assigned before, environment variables, texts with values in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

_OPEN, _CLOSE = "([{", ")]}"
_ENVIRONMENT = re.compile(
    r"""(?:os\.environ\.get|os\.getenv|getenv|ENV\.fetch|os\.environ|process\.env|ENV|\$ENV)
    (?:[\[({]\s*(?:%q\()?['"]?(\w+)['"]?\)?\s*(?:,\s*(?P<default>[^)\]]+?)\s*)?[\])}]|\.(\w+))""",
    re.VERBOSE,
)
_ASSIGNED = re.compile(r"(?:^|[;\n{(]|\b(?:const|let|var|my)\s)[ \t]*\$?(?P<name>[A-Za-z_]\w*)[ \t]*=(?![=>~])[ \t]*(?P<value>[^;\n]+)")
_SPLIT = re.compile(
    r"""(?:^|[;\n])[ \t]*(?:const|let|var)?[ \t]*\[?\$?(?P<first>\w+)\s*,\s*\$?(?P<second>\w+)\]?\s*=\s*
    (?P<value>[^;\n]+?)\.r?split\(['"]:['"](?:,\s*\d)?\)""",
    re.VERBOSE,
)
"""`host, port = os.environ["DB"].split(":")`."""
_CONVERTED = re.compile(r"(?:int|str|float|Number|parseInt|String|Integer)\((?P<inner>.*)\)", re.DOTALL)
_QUOTED = re.compile(r"[frbu]*(['\"`]|%q\()(.*?)(?:\1|\))", re.DOTALL)
_ALTERNATIVES = re.compile(r"\s+or\s+|\|\||\?\?")
_MOST_ALTERNATIVES = 4
"""Only so many are tried, for each is read recursively."""


def _unquoted(text: str, start: int = 0) -> Iterator[tuple[int, str, int]]:
    """The characters outside of quotes: where, which, and how many brackets are open behind it."""
    depth, quote, at = 0, "", start
    while at < len(text):
        char = text[at]
        if quote:
            at += char == "\\"
            quote = "" if char == quote else quote
        elif char in "'\"`":
            quote = char
        else:
            depth += (char in _OPEN) - (char in _CLOSE)
            yield at, char, depth
        at += 1


def split_at_commas(text: str) -> list[str]:
    """The parts of an argument list, between the commas that are in no bracket and no quotes."""
    commas = [at for at, char, depth in _unquoted(text) if char == "," and depth == 0]
    parts = (text[after + 1 : comma].strip() for after, comma in pairwise((-1, *commas, len(text))))
    return [part for part in parts if part]


def inside(text: str, start: int) -> str:
    """The text between the bracket at `start` and the one that closes it."""
    end = next((at for at, char, depth in _unquoted(text, start) if char in _CLOSE and depth == 0), len(text))
    return text[start + 1 : end]


def _joined(text: str) -> list[str]:
    """The parts of texts that are put together with `+`, or with PHP's `.` (`'host=' . getenv('DB') . ';'`)."""
    joints = [at for at, char, depth in _unquoted(text) if depth == 0 and (char == "+" or (char == "." and _is_php_dot(text, at)))]
    return [text[after + 1 : before].strip() for after, before in pairwise((-1, *joints, len(text)))]


def _is_php_dot(text: str, at: int) -> bool:
    """A dot joins texts only between what can be texts; elsewhere it is a member or a decimal point."""
    return re.search(r"['\")]\s*$", text[:at]) is not None and re.match(r"\s*(['\"$]|getenv)", text[at + 1 :]) is not None


class Values:
    """What the names in a program stand for, as far as that can be read; `env` is its environment."""

    def __init__(self, text: str, env: Mapping[str, str]) -> None:
        self._env = env
        self.named: dict[str, str] = {}
        for match in _ASSIGNED.finditer(text):
            value = self.of(match["value"])
            if value is not None:
                self.named.setdefault(match["name"], value)
        for match in _SPLIT.finditer(text):
            first, colon, second = (self.of(match["value"]) or "").partition(":")
            if colon:
                self.named |= {match["first"]: first, match["second"]: second}

    def of(self, expression: str) -> str | None:
        """The text that an expression stands for; None: that cannot be read."""
        text = expression.strip().rstrip(";")
        alternatives = _ALTERNATIVES.split(text)[:_MOST_ALTERNATIVES]
        if len(alternatives) > 1:
            for one in alternatives:
                if value := self.of(one):
                    return value
        if len(parts := _joined(text)) > 1:
            read = [self.of(part) for part in parts]
            return None if None in read else "".join(part or "" for part in read)
        if match := _CONVERTED.fullmatch(text):
            return self.of(split_at_commas(match["inner"])[0]) if match["inner"] else None
        if match := _QUOTED.fullmatch(text):
            return self._filled(match[2], plain=match[1] == "'" and not text.startswith("f"))
        if match := _ENVIRONMENT.fullmatch(text):
            return self._variable(match[1] or match[3], match["default"])
        if re.fullmatch(r"\d+(\.\d+)?", text):
            return text
        return self.named.get(text.removeprefix("$"))

    def _variable(self, name: str, default: str | None) -> str | None:
        """An environment variable, else the default that the program gives for it."""
        if name in self._env:
            return self._env[name]
        return self.of(default) if default else None

    def _filled(self, text: str, *, plain: bool) -> str | None:
        """A quoted text with the values put in that it names: `{x}`, `${x}`, `#{x}`, `$x`."""
        if plain:
            return text
        missing = False

        def value(match: re.Match[str]) -> str:
            nonlocal missing
            known = self.of(match[1] or match[2])
            missing |= known is None
            return known or ""

        filled = re.sub(r"[$#]?\{([^{}]+)\}|\$(\w+)", value, text)
        return None if missing else filled
