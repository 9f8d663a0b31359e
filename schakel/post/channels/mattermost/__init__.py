"""Mattermost: posts by incoming webhook or by its REST API."""
