"""YAML in: reading, unknown fields, defaults, validation; every problem at once, with file, line and path."""
