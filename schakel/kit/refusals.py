"""Refusals: what an act says when it may not or cannot be done. Doors translate them once."""

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refused(Exception):  # noqa: N818 - it reads as a sentence where it is raised
    """An anticipated no, with words for people."""

    wording: ClassVar[str | Promise] = _("This cannot be done.")

    def __str__(self) -> str:
        """The words, with what was given at the raise behind them."""
        detail = " ".join(str(argument) for argument in self.args)
        return f"{self.wording} {detail}".strip()


class NotPermitted(Refused):
    """The actor lacks the permission, on this thing."""

    wording = _("You are not permitted to do this.")


class WrongState(Refused):
    """Somebody was faster, or the thing is not in a state that allows this."""

    wording = _("This has already been handled or is not ready for it. Load the page again.")


class Invalid(Refused):
    """What was given cannot be used; the arguments say which part and why."""

    wording = _("This input cannot be used:")


def permit(allowed: bool) -> None:  # noqa: FBT001 - reads as a sentence: permit(by.may(…))
    """Go on when allowed. Raises NotPermitted."""
    if not allowed:
        raise NotPermitted
