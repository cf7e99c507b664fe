"""Nodes that fall silent, and the pods on them (pkg/controller/nodelifecycle, pkg/controller/tainteviction)."""
