"""The Kubernetes objects that podsim models: typed, frozen, with Kubernetes' own names. A test holds every field against the published API."""
