"""The processes of one container: what a program may ask for, and the machine that answers in simulated time."""
