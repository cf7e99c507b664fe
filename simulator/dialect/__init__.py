"""One Kubernetes release = one value: its wording and its behaviour. Only this package contains release numbers."""

from simulator.dialect.dialect import DEFAULT, SUPPORTED, Dialect

__all__ = ["DEFAULT", "SUPPORTED", "Dialect"]
