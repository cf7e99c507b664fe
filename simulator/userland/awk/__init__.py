"""awk: its grammar, values and interpreter."""
