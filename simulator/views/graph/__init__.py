"""`podsim graph`: who waits for whom, what the way to everything ready costs, and who waits in a circle."""
