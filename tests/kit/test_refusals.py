"""Refusals have words for people, in the reader's language."""

import pytest
from django.utils.translation import override

from schakel.kit.refusals import Invalid, NotPermitted, Refused, WrongState, permit


@pytest.mark.parametrize("kind", [Refused, NotPermitted, WrongState, Invalid])
def test_every_refusal_is_one_that_doors_know_and_has_words(kind):
    assert issubclass(kind, Refused)
    with override("en"):
        assert str(kind())


def test_what_is_given_stands_behind_the_words():
    with override("en"):
        assert str(Invalid("line 3", "no such day")) == "This input cannot be used: line 3 no such day"


def test_permit_goes_on_when_allowed_and_refuses_otherwise():
    permit(True)
    with pytest.raises(NotPermitted):
        permit(False)
