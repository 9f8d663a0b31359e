"""What applicants, signatories and partners are written: a text per occasion and language, beside this module."""

from pathlib import Path

from django.conf import settings

from schakel.registry.agreements.contract import language_of

FOLDER = Path(__file__).with_name("texts")


def letter(occasion: str, language: str, **values: object) -> tuple[str, str]:
    """Subject and body of a letter, with `values` in their places and the platform's name and help line."""
    text = (FOLDER / f"{occasion}.{language_of(language)}.txt").read_text(encoding="utf-8")
    filled = text.format_map({"platform": settings.PLATFORM_NAME, **values})
    subject, _, body = filled.partition("\n")
    help_line = f"\n{settings.HELP_LINE}" if settings.HELP_LINE else ""
    return " ".join(subject.split()), f"{body.strip()}\n\n{settings.PLATFORM_NAME}{help_line}\n"
