"""The controllers: each a set of pure deciders, and a process that reconciles the store with what they decide."""
