"""Which rules a kind obeys."""

from __future__ import annotations

from simulator.dialect import Dialect
from simulator.manifest.validation.errors import FieldError
from simulator.objects.kinds import Object


def validate(item: Object, dialect: Dialect) -> list[FieldError]:
    """Everything the API server would refuse about a new object, in its order. `item` has its defaults."""
    return []
