"""Indicators: how people write them so that nobody clicks, their one normal form, and finding them in prose."""

from schakel.sharing.indicators.extraction import of_text, weaknesses_of
from schakel.sharing.indicators.fanging import refang
from schakel.sharing.indicators.forms import kind_of, normal
from schakel.sharing.indicators.showing import defanged

__all__ = ["defanged", "kind_of", "normal", "of_text", "refang", "weaknesses_of"]
