"""The report of `podsim run`, and the commands it suggests."""
