"""When the registry changes, what is known is brought in line with who holds what now."""

from schakel.notices.steps.succession import hand_over_to

__all__ = ["hand_over_to"]
