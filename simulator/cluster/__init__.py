"""The whole cluster: wired up here, played to its horizon here, and nothing else."""

from simulator.cluster.cluster import Cluster, simulate

__all__ = ["Cluster", "simulate"]
