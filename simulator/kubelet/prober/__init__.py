"""Probes: one worker for each, the latest results, and what a probe really asks."""
