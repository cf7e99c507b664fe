"""Golden journals: what happened in a run, by role and without random names, kept in a file and compared by meaning."""
