"""The API server's defaults: pure functions from typed objects to typed objects (pkg/apis/*/*/defaults.go)."""

from simulator.manifest.defaults.table import defaulted

__all__ = ["defaulted"]
