"""Layer 1 of the shell: text to tree (POSIX 2.3, 2.10). It has no access to values, files or time."""
