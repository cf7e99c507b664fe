"""Names, Service addresses, and which connections succeed when."""

from simulator.network.network import Network, Verdict
from simulator.network.proxy import KubeProxy

__all__ = ["KubeProxy", "Network", "Verdict"]
