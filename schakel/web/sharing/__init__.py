"""The pages of information sharing: items, their audience, their history; what is public stands on pages of its own."""
