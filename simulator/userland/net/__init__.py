"""Network tools: HTTP clients, name resolution, connections, small servers."""
