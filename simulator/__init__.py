"""podsim: plays, in simulated time, what a Kubernetes cluster would do with your manifests."""

__version__ = "0.1.0"
