"""Indicators as they may be shown."""

from typing import Final

from schakel.sharing.indicators.forms import kind_of
from schakel.sharing.words import IndicatorKind

_HIDDEN: Final = {"http": "hxxp", "https": "hxxps", "ftp": "fxp", "ftps": "fxps"}
_DOTTED: Final = frozenset({IndicatorKind.DOMAIN, IndicatorKind.IP, IndicatorKind.NETWORK, IndicatorKind.MAIL})


def defanged(value: str) -> str:
    """A normal form as it may be shown: no reader and no program makes a link of it. `refang` turns it back."""
    kind = kind_of(value)
    if kind == IndicatorKind.URL:
        scheme, _, rest = value.partition("://")
        host, slash, path = rest.partition("/")
        return f"{_HIDDEN.get(scheme, scheme)}://{host.replace('.', '[.]')}{slash}{path}"
    return value.replace("@", "[@]").replace(".", "[.]") if kind in _DOTTED else value
