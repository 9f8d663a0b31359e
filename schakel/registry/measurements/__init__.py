"""The network measured: rounds, what they count, and what differs between them."""
