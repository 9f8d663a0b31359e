"""The envelope sender of each attempt: what comes back to it names the attempt, and nobody else can make one.

Variable envelope return paths, as mail lists have used since 1997: `retour@` becomes `retour+<attempt>-<seal>@`. The
mail server must deliver `retour+anything@` to the mailbox or LMTP door of `retour@`.
"""

import re

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

_TOKEN = re.compile(r"\+(\d{1,18})-([0-9a-f]{20})@", re.IGNORECASE)


def return_address(attempt_id: int) -> str:
    """The envelope sender of an attempt."""
    local, _, host = settings.MAIL_BOUNCE.rpartition("@")
    return f"{local}+{attempt_id}-{_seal(attempt_id)}@{host}"


def attempts_in(text: str) -> list[int]:
    """The attempts whose return addresses stand in `text`; those that we did not write are left out."""
    found = ((int(number), seal.lower()) for number, seal in _TOKEN.findall(text))
    return [number for number, seal in found if constant_time_compare(seal, _seal(number))]


def _seal(attempt_id: int) -> str:
    return salted_hmac("schakel.post.verp", str(attempt_id), algorithm="sha256").hexdigest()[:20]
