"""Mail (RFC 5322, MIME) with what is attached to it, sealed or signed by OpenPGP (RFC 3156)."""
