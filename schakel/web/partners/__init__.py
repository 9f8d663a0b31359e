"""Partners and prospects: the register, what is said of them, and who stands there twice."""
