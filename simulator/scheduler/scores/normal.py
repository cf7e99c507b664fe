"""Bringing raw numbers to the scale from 0 to 100 (framework/plugins/helper/normalize_score.go). Pure."""

from __future__ import annotations

MOST = 100


def normalized(raw: list[int], *, reverse: bool = False) -> list[int]:
    """Shares of the greatest number; with `reverse`, little is good."""
    top = max(raw, default=0)
    if top == 0:
        return [MOST if reverse else number for number in raw]
    shares = [number * MOST // top for number in raw]
    return [MOST - share for share in shares] if reverse else shares
