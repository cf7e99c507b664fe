"""Text that nothing describes, such as what a host outside of the cluster sends. Where something depends on it, that is assumed."""

from __future__ import annotations

UNKNOWN_TEXT = "⟨unknown⟩"
"""What stands for it in output. It is not empty, and what looks for something in it is assumed to find it."""


def is_unknown_text(text: str) -> bool:
    """Whether some of a text is unknown."""
    return UNKNOWN_TEXT in text or UNKNOWN_TEXT.upper() in text
