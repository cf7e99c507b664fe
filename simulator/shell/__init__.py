"""A shell for simulated time: scripts are parsed, expanded and interpreted as generators of effects. The host is never touched."""
