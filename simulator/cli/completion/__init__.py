"""Completion on the Tab key: which word is being typed, what it may become, and the shells' scripts."""
