"""Information sharing: items, their audiences and circles, every format in and out under one policy."""
