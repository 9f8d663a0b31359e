"""Servers of MISP: events put there, changed and taken back."""
