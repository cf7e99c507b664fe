"""What the API server refuses about a new or a changed object."""

from __future__ import annotations

from simulator.dialect import Dialect
from simulator.manifest.validation.errors import FieldError
from simulator.manifest.validation.generated import with_generated_name, with_generated_selector
from simulator.manifest.validation.table import rules_for
from simulator.objects.batch import Job
from simulator.objects.kinds import Object, to_builtins


def validate(item: Object, dialect: Dialect) -> list[FieldError]:
    """Everything the API server would refuse about a new object, in its order. `item` has its defaults.

    A kind without rules of its own is held only to the rules for names and labels.
    """
    value = to_builtins(item)
    value = with_generated_name({"metadata": {}, **value})
    if isinstance(item, Job):
        value = with_generated_selector(value)
    return list(rules_for(item.kind, item.api_version, dialect)(value))


def validate_update(new: Object, old: Object, dialect: Dialect, part: str = "") -> list[FieldError]:
    """Everything the API server would refuse about replacing `old`, or that part of it, by `new`. Both have their defaults."""
    from simulator.manifest.validation.updates import update_errors

    return list(update_errors(to_builtins(new), to_builtins(old), dialect, part))
