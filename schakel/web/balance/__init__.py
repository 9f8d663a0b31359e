"""What a partner brings and takes, and whose interests clash."""
