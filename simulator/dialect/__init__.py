"""One Kubernetes release = one value: its wording and its behaviour. Release numbers appear in this room and nowhere else."""

from simulator.dialect.dialect import DEFAULT, SUPPORTED, Dialect

__all__ = ["DEFAULT", "SUPPORTED", "Dialect"]
