"""The report as one web page: every text at every instant and a clickable timeline, without external resources."""
