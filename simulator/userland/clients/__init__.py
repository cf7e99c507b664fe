"""Clients of databases, brokers and other servers."""
