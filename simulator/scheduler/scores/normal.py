"""Raw numbers on a scale from 0 to 100 (framework/plugins/helper/normalize_score.go). Pure."""

from __future__ import annotations

MAX_SCORE = 100


def normalized(raw: list[int], *, reverse: bool = False) -> list[int]:
    """Shares of the greatest number; with `reverse`, the greatest gets 0."""
    top = max(raw, default=0)
    if top == 0:
        return [MAX_SCORE if reverse else number for number in raw]
    shares = [number * MAX_SCORE // top for number in raw]
    return [MAX_SCORE - share for share in shares] if reverse else shares
