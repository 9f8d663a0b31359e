"""Putting shared items on machines of partners: servers of MISP, rooms of Mattermost."""
