"""What stands here twice, becomes one, or becomes two."""
