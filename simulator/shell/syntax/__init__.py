"""Floor 1 of the shell: text to tree. Knows nothing of values, files or time."""
