"""Numbers that may be given as percentages (apimachinery/pkg/util/intstr). Pure."""

from __future__ import annotations


def scaled(value: int | str | None, total: int, *, up: bool) -> int:
    """A number, or a percentage of `total` rounded up or down; None is 0. Raises ValueError for other text."""
    if value is None:
        return 0
    if isinstance(value, int):
        return value
    if not value.endswith("%") or not value[:-1].isdigit():
        raise ValueError(f"not a number or percentage: {value!r}")
    share = int(value[:-1]) * total
    return -(-share // 100) if up else share // 100
