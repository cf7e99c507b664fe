"""Tools for processes, signals, users and time, and commands that run other commands."""
