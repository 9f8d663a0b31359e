"""From the join desk to a signed agreement, and out again."""
