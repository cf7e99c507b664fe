"""kubectl as scripts inside containers use it."""
