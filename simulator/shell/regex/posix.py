"""POSIX regular expressions (XBD 9) in the syntax of Python's `re`."""

from __future__ import annotations

import re
from functools import lru_cache

from simulator.shell.expand.pattern import bracket

_TOKEN = re.compile(r"\[(\^?)(\]?(?:\[:\w+:\]|[^]])*)\]|\\(.)|(.)", re.DOTALL)
_WORD_ENDS = {"<": r"\b(?=\w)", ">": r"\b(?<=\w)", "`": r"\A", "'": r"\Z"}


_REASONS = {
    "nothing to repeat": "Invalid preceding regular expression",
    "multiple repeat": "Invalid preceding regular expression",
    "unterminated character set": "Unmatched [, [^, [:, [., or [=",
    "missing )": "Unmatched ( or \\(",
    "unbalanced parenthesis": "Unmatched ) or \\)",
    "bad escape (end of pattern)": "Trailing backslash",
    "bad character range": "Invalid range end",
    "min repeat greater than max repeat": "Invalid content of \\{\\}",
    "the repetition number is too large": "Regular expression too big",
    "invalid group reference": "Invalid back reference",
}
"""What Python says of a bad expression, and what the C library says."""


def reason(error: re.error) -> str:
    """What is wrong with an expression, in the words of the C library."""
    return next((text for start, text in _REASONS.items() if error.msg.startswith(start)), "Invalid regular expression")


@lru_cache(maxsize=512)
def extended(text: str) -> str:
    """The Python form of an extended regular expression (grep -E, awk, `=~`)."""

    def one(match: re.Match[str]) -> str:
        negated, inside, escaped, char = match.groups()
        if inside is not None:
            return f"[{negated}{bracket(inside)}]"
        if escaped is not None:
            # GNU has \w and \b as Python has; other letters lose their backslash, for Python would give \d a meaning.
            known = escaped in "wWsSbB" or not escaped.isalpha()
            return _WORD_ENDS.get(escaped, "\\" + escaped if known else re.escape(escaped))
        return str(char)

    return _TOKEN.sub(one, text)


@lru_cache(maxsize=512)
def basic(text: str) -> str:
    r"""The Python form of a basic regular expression (grep, sed): \( \) \{ \} \| \+ \? are the special ones."""
    out: list[str] = []
    for match in _TOKEN.finditer(text):
        negated, inside, escaped, char = match.groups()
        if inside is not None:
            out.append(f"[{negated}{bracket(inside)}]")
        elif escaped is not None:
            out.append(escaped if escaped in "(){}|+?" else _WORD_ENDS.get(escaped) or ("\n" if escaped == "n" else "\\" + escaped))
        elif char == "*" and (not out or out[-1] in ("(", "|", "^")):
            out.append(r"\*")  # XBD 9.3.3: a leading star is an ordinary character
        elif char in "(){}|+?" or (char == "^" and out and out[-1] not in ("(", "|")) or (char == "$" and not _ends(text, match.end())):
            out.append("\\" + char)
        else:
            out.append(char)
    return "".join(out)


def _ends(text: str, at: int) -> bool:
    """Whether an expression or one of its groups ends here: only there `$` is an anchor (XBD 9.3.8)."""
    return at == len(text) or text[at : at + 2] in ("\\)", "\\|")
