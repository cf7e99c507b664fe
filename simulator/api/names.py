"""Random names and uids, drawn from named streams."""

from __future__ import annotations

import random

ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
"""Letters and digits that make no words (apimachinery/pkg/util/rand)."""
SUFFIX_LENGTH = 5
MAX_GENERATED_PREFIX = 63 - SUFFIX_LENGTH


def suffix(stream: random.Random) -> str:
    """Five random characters."""
    return "".join(ALPHABET[int(stream.random() * len(ALPHABET))] for _ in range(SUFFIX_LENGTH))


def generated(prefix: str, stream: random.Random) -> str:
    """A name for `generateName` (apiserver/pkg/storage/names)."""
    return prefix[:MAX_GENERATED_PREFIX] + suffix(stream)


def uid(stream: random.Random) -> str:
    """A random uid in the form of a version 4 UUID."""
    bits = stream.getrandbits(128)
    digits = f"{bits & ~(0xF << 76) & ~(0x3 << 62) | (0x4 << 76) | (0x2 << 62):032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
