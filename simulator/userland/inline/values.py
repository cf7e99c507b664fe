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


def _unquoted(text: str, start: int = 0) -> Iterator[tuple[int, str, int]]:
    """The characters that stand in no quotes: where, which, and how many brackets are open behind it."""
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
    """The parts of an argument list, apart at the commas that stand in no bracket and no quotes."""
    commas = [at for at, char, depth in _unquoted(text) if char == "," and depth == 0]
    parts = (text[after + 1 : comma].strip() for after, comma in pairwise((-1, *commas, len(text))))
    return [part for part in parts if part]


def inside(text: str, start: int) -> str:
    """What stands between the bracket at `start` and the one that closes it."""
    end = next((at for at, char, depth in _unquoted(text, start) if char in _CLOSE and depth == 0), len(text))
    return text[start + 1 : end]


def _joined(text: str) -> list[str]:
    """The parts of texts that are put together with `+`, or with PHP's `.` (`'host=' . getenv('DB') . ';'`)."""
    joints = [
        (at, char)
        for at, char, depth in _unquoted(text)
        if depth == 0
        and (char == "+" or (char == "." and re.search(r"['\")]\s*$", text[:at]) and re.match(r"\s*(['\"$]|getenv)", text[at + 1 :])))
    ]
    bounds = (-1, *(at for at, _ in joints), len(text))
    return [text[after + 1 : before].strip() for after, before in pairwise(bounds)]


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
        if alternatives := re.split(r"\s+or\s+|\|\||\?\?", text)[:4]:
            for one in alternatives if len(alternatives) > 1 else ():
                if value := self.of(one):
                    return value
        if len(parts := _joined(text)) > 1:
            read = [self.of(part) for part in parts]
            return None if None in read else "".join(part or "" for part in read)
        if match := _CONVERTED.fullmatch(text):
            return self.of(split_at_commas(match["inner"])[0]) if match["inner"] else None
        if match := re.fullmatch(r"[frbu]*(['\"`]|%q\()(.*?)(?:\1|\))", text, re.DOTALL):
            return self._filled(match[2], plain=match[1] == "'" and not text.startswith("f"))
        if match := _ENVIRONMENT.fullmatch(text):
            found = self._env.get(match[1] or match[3])
            return found if found is not None else self.of(match["default"]) if match["default"] else None
        if re.fullmatch(r"\d+(\.\d+)?", text):
            return text
        return self.named.get(text.removeprefix("$"))

    def _filled(self, text: str, *, plain: bool) -> str | None:
        """A quoted text with the values put in that it names: `{x}`, `${x}`, `#{x}`, `$x`."""
        if plain:
            return text
        missing = False

        def value(match: re.Match[str]) -> str:
            nonlocal missing
            found = self.of(match[1] or match[2])
            missing |= found is None
            return found or ""

        filled = re.sub(r"[$#]?\{([^{}]+)\}|\$(\w+)", value, text)
        return None if missing else filled
