"""The ways in and out by MISP: feeds of others, our own feed, servers of partners."""
