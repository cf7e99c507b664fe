"""The report as one web page: every text at every instant, the timeline to click on, nothing to fetch."""
