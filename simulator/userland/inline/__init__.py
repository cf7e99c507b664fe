"""Short programs in Python, Node, Ruby, Perl and PHP, read for what they wait for."""
