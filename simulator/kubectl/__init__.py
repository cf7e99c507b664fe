"""kubectl: the words of its command lines, what its verbs read and print, and what they write."""
