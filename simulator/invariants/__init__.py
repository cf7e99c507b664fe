"""Invariants: what is true of every run, whatever its inputs. `podsim check` and podsim's own tests hold them against journals."""

from simulator.invariants.table import INVARIANTS, Broken, broken
from simulator.invariants.violation import Invariant, Violation

__all__ = ["INVARIANTS", "Broken", "Invariant", "Violation", "broken"]
