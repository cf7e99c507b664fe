"""Unreachable nodes and the pods on them (pkg/controller/nodelifecycle, pkg/controller/tainteviction)."""
