"""The network measured, for those who measure and for everybody."""
