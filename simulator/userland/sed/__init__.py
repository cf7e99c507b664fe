"""sed: its grammar and interpreter."""
