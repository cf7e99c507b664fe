"""Layer 3 of the shell: runs the tree, as a generator of effects."""
