"""The formats of sharing: each turns bytes into a `Document` and a `Document` into bytes. None knows a table."""
