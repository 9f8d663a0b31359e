"""Passing on: a partner's bulletins to its constituency, and newsletters of cleared items."""
