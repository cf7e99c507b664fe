"""The command `license-client` for podsim."""
