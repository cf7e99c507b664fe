"""Texts, pictures and pages about a run: pure functions of a snapshot of the journal."""
