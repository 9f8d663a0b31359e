"""What servers of MISP fetch from us."""
