"""jq: filters over JSON."""
