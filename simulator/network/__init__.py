"""Names, Service addresses, and who can connect to what and when."""

from simulator.network.network import Network, Verdict
from simulator.network.proxy import KubeProxy

__all__ = ["KubeProxy", "Network", "Verdict"]
