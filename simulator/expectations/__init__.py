"""Expectations of a run: pure functions from a journal to verdicts that state what was expected, what happened, and why."""
