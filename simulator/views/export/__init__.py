"""A run for other programs: spans and ticks for tracing tools, tables, Markdown, objects as files."""
