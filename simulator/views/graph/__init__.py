"""`podsim graph`: dependencies, the critical path to all-ready, and circular waits."""
