"""How far long work is, told to whoever watches: how many are done, and in words of what."""

from collections.abc import Callable

Progress = Callable[[int, str], None]


def unwatched(_done: int, _words: str) -> None:
    """Progress that nobody watches."""
