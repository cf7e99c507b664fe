"""Verbs that read: each is given a view of the cluster and returns what kubectl prints."""
