"""The scheduler: filters and scores as small pure functions, a queue, preemption, and the process that binds pods."""
