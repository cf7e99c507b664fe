"""The parts of client-go that every component uses."""
