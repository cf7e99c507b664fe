"""Golden journals: what happened in a run, by role and without names made at random, kept in a file and compared by meaning."""
