"""Our CSAF provider: what programs of others fetch from under `/.well-known/csaf/`."""
