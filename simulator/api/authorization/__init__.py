"""Authorization: whether the API server lets a user make a request (RBAC)."""
