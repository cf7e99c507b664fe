"""The Kubernetes objects that podsim models: typed, frozen, Kubernetes' own names. A test holds their fields against the published API."""
