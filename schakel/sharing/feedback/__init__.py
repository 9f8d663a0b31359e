"""Feedback and sightings: what readers give back to the source, as far as each of them chooses."""
