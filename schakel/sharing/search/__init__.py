"""Finding shared items: an index of what is out, kept by the act that lets it out, and questions to it."""
