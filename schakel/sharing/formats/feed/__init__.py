"""News feeds: RSS 2.0 and its elders and Atom (RFC 4287) in, Atom out."""
