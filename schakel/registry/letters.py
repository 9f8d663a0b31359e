"""One mail as the registry writes it; the post sends it, by a job that knows both."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail; `key` is the same for the same mail, so that it goes out once."""

    key: str
    address: str
    language: str
    subject: str
    body: str


def joined(paragraphs: list[str], facts: dict[str, object]) -> str:
    """The text of a mail: paragraphs with the facts filled in."""
    return "\n\n".join(one % facts for one in paragraphs) + "\n"
