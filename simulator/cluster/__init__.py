"""The whole cluster: this package wires the components together and runs them to the horizon."""

from simulator.cluster.cluster import Cluster, simulate

__all__ = ["Cluster", "simulate"]
