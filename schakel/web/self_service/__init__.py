"""What an organisation, or its partner for it, looks after: membership, claims, contacts and people."""
