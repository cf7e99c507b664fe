"""Verbs that write: how their command lines are understood, what each does to the cluster, and what kubectl prints about it."""
