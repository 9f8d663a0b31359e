"""From bytes of others to items of ours: recognised, read, kept; or held back with place and reason."""
