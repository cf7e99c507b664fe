"""kubectl's changing verbs on the command line: its flags, its own checks, and what each becomes as an action."""
