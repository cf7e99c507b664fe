"""What the usual commands do, each a generator of effects, grouped by theme."""
