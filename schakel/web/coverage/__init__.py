"""Who is reached, and which partners would add most."""
