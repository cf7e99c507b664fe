"""The builtins: commands that act on the shell itself."""
