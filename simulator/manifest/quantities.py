"""Resource quantities in the API server's canonical form (apimachinery/pkg/api/resource)."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache

PATTERN = "^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$"
WRONG_FORMAT = f"quantities must match the regular expression '{PATTERN}'"
WRONG_SUFFIX = "unable to parse quantity's suffix"

_PARTS = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?(.*)", re.DOTALL)
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}
_DECIMAL_SUFFIX = {power: suffix for suffix, power in _DECIMAL.items()}
_BINARY_SUFFIX = {power: suffix for suffix, power in _BINARY.items()}
_EXPONENT = re.compile(r"[eE]([-+]?[0-9]+)")
_NANO = Decimal("1e-9")
_MILLI = Decimal("1e-3")
_LARGEST = Decimal(2**63 - 1)
DECIMAL, BINARY, EXPONENT = "DecimalSI", "BinarySI", "DecimalExponent"


@lru_cache(maxsize=2048)
def parse(text: str) -> tuple[Decimal, str]:
    """Value and format of a quantity. Raises ValueError with the API server's sentence."""
    match = _PARTS.fullmatch(text)
    # A sign or a suffix alone counts as zero; only an empty text is refused.
    if match is None or not text:
        raise ValueError(WRONG_FORMAT)
    sign, whole, fraction, suffix = match.groups()
    if re.fullmatch(r"[eEinumkKMGTP]*[-+]?[0-9]*", suffix) is None:
        raise ValueError(WRONG_FORMAT)
    value = Decimal(f"{sign}{whole or 0}.{fraction or 0}")
    exponent = _EXPONENT.fullmatch(suffix)
    if suffix in _BINARY:
        value, form = value * Decimal(1024) ** _BINARY[suffix], BINARY
    elif suffix in _DECIMAL:
        value, form = value.scaleb(_DECIMAL[suffix]), DECIMAL
    elif exponent and abs(int(exponent[1])) <= 999:
        value, form = value.scaleb(int(exponent[1])), EXPONENT
    else:
        raise ValueError(WRONG_SUFFIX)
    value = _rounded_up(value, _NANO)
    return max(min(value, _LARGEST), -_LARGEST), form


def _rounded_up(value: Decimal, unit: Decimal) -> Decimal:
    """Round away from zero to a multiple of `unit`: a nonzero quantity never becomes zero."""
    exact = (abs(value) / unit).to_integral_value(ROUND_CEILING) * unit
    return exact if value >= 0 else -exact


def show(value: Decimal, form: str = DECIMAL) -> str:
    """The canonical text: no fraction, the largest suffix that keeps the number whole."""
    if value == 0:
        return "0"
    if form == BINARY and abs(value) >= 1024 and value == value.to_integral_value():
        whole, power = int(value), 0
        while power < 6 and whole % 1024 == 0:
            whole, power = whole // 1024, power + 1
        return f"{whole}{_BINARY_SUFFIX.get(power, '')}"
    power, whole = -9, int(value.scaleb(9))
    while power < 18 and whole % 1000 == 0:
        whole, power = whole // 1000, power + 3
    if form == EXPONENT:
        return f"{whole}e{power}" if power else str(whole)
    return f"{whole}{_DECIMAL_SUFFIX[power]}"


@lru_cache(maxsize=2048)
def canonical(text: str) -> str:
    """A quantity as the API server writes it back: `1024Mi` is `1Gi`, `0.5` is `500m`. Raises ValueError."""
    return show(*parse(text))


@lru_cache(maxsize=2048)
def canonical_resource(text: str) -> str:
    """As `canonical`, for requests, limits and capacities: rounded up to thousandths (SetDefaults_ResourceList)."""
    value, form = parse(text)
    return show(_rounded_up(value, _MILLI), form)
