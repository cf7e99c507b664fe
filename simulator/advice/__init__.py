"""What probes, hooks and rollouts leave of time, what is wrong with that, and what to write instead."""
