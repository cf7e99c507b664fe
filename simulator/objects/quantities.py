"""Sums and shares of resource quantities, written as Kubernetes writes them (apimachinery/pkg/api/resource)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_CEILING, Decimal

from simulator.units import parse_quantity

_BINARY = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
_DECIMAL = {-9: "n", -6: "u", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T", 15: "P", 18: "E"}


def total(quantities: Iterable[str]) -> str:
    """The sum, in the notation (binary or decimal) of the first quantity that is not zero."""
    amount, binary = Decimal(0), None
    for text in quantities:
        value = parse_quantity(text)
        if binary is None and value:
            binary = text.endswith("i")
        amount += value
    return canonical(amount, binary=bool(binary))


def canonical(amount: Decimal, *, binary: bool) -> str:
    """The shortest exact notation: the largest unit that leaves a whole number. Small binary amounts are written plainly."""
    if binary and abs(amount) >= 1024:
        number, power = ceiling(amount), 0
        while number % 1024 == 0 and power < len(_BINARY) - 1:
            number, power = number // 1024, power + 1
        return f"{number}{_BINARY[power]}"
    if amount == 0:
        return "0"
    exponent = next(power for power in sorted(_DECIMAL, reverse=True) if amount % Decimal(10) ** power == 0 or power == -9)
    return f"{ceiling(amount / Decimal(10) ** exponent)}{_DECIMAL[exponent]}"


def ceiling(amount: Decimal) -> int:
    """The next whole number, as Quantity.Value() rounds."""
    return int(amount.to_integral_value(ROUND_CEILING))


def milli(text: str) -> int:
    """Thousandths, rounded up."""
    return ceiling(parse_quantity(text) * 1000)


def whole(text: str) -> int:
    """Whole units, rounded up."""
    return ceiling(parse_quantity(text))
