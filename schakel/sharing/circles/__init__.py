"""Circles: who is in them, and the keys under which closed ones keep what they share."""
