"""find: a walk over directories with tests and actions."""
