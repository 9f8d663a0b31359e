"""Joining the network: from a knock on the door to a partner that is at home."""
