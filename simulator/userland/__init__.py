"""The command line tools inside containers: each is a generator of effects, listed in one table."""
