"""Jobs: pods that end (pkg/controller/job)."""
