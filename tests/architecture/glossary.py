"""The words that podsim does not use, and what to say instead: one table for names, docstrings, documents and everything printed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

IN_NAMES = frozenset({"anew", "asked", "circle", "found", "heard", "luck", "nobody", "said", "somebody", "told", "wanted", "whom"})
"""Words that no identifier contains: a past participle is no noun, and the trade has its own words."""
MODULE_NAMES = frozenset(
    {"asked", "asking", "doorkeeper", "everything", "looking", "moment", "people", "stand_ins", "talk", "tell", "things", "told"}
)


class Word(NamedTuple):
    """Words to avoid, as a regular expression, and what to say instead. `in_code`: docstrings and comments are free of them, too."""

    pattern: str
    instead: str
    in_code: bool = False


WORDS = (
    Word("told", "report, print, show, list", in_code=True),
    Word("tells?|telling", "report, print, show, list"),
    Word("nobody|somebody", "no one, not set, missing, unknown", in_code=True),
    Word("whom|whoever", "which (containers, pods and Services are things)", in_code=True),
    Word("anew", "again", in_code=True),
    Word("in vain", "timeout, timed out, failed", in_code=True),
    Word("for ever", "forever", in_code=True),
    Word("luck|another draw", "seed, random draw", in_code=True),
    Word("goes on", "continue", in_code=True),
    Word("go on|went on|going on", "continue"),
    Word("manners", "behaviour", in_code=True),
    Word("comes? to pass", "happen", in_code=True),
    Word("rooms?", "package, module", in_code=True),
    Word("stands? in", "is in, goes in", in_code=True),
    Word(r"stands?(?!-in)|stood", "is in, goes in, is written in"),
    Word("another truth|say otherwise", "override, default, assumption"),
    Word("who waits for|(?:the )?way to ready|circles?", "dependencies, critical path, cycle"),
    Word("grounds?", "background (of a picture)"),
    Word("heard|hears?", "is updated, notices"),
    Word("plays?|played|playing", "replay, run, simulate"),
    Word("comes? up|came up|coming up", "start, become ready"),
    Word("(?:is|are|was|were) over", "expires, ends"),
    Word("roll-outs?", "rollout"),
    Word("(?:is|are|was|were) started again", "restart"),
    Word("lets? clients", "send requests"),
    Word("kept, but", "stored, not simulated"),
)


def _joined(words: tuple[Word, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(word.pattern for word in words)})\b", re.IGNORECASE)


IN_PROSE = _joined(tuple(word for word in WORDS if word.in_code))
ALL = _joined(WORDS)


def odd_words(text: str) -> Iterator[str]:
    """The words of a text that its readers should not see, each with its line and what to say instead."""
    for number, line in enumerate(text.splitlines(), 1):
        for match in ALL.finditer(line):
            instead = next(word.instead for word in WORDS if re.fullmatch(word.pattern, match[0], re.IGNORECASE))
            yield f"line {number}: {match[0]!r}: say {instead}"
