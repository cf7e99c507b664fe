"""What the API server fills in when a manifest leaves it out: pure functions, typed in, typed out (pkg/apis/*/*/defaults.go)."""

from simulator.manifest.defaults.table import defaulted

__all__ = ["defaulted"]
