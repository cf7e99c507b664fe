"""The API server's validation, with its messages: small pure functions that yield field errors."""

from simulator.manifest.validation.errors import FieldError
from simulator.manifest.validation.validate import validate, validate_update

__all__ = ["FieldError", "validate", "validate_update"]
