"""Holds the simulated kubelet against traces recorded from real ones.

`traces/` has the recordings and `python -m tests.conformance.compact` makes them; `python -m tests.conformance.fidelity` writes
docs/fidelity.md.
"""
