"""What every way to an account shares: a name that is free and a password that is good enough."""

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from schakel.kit.refusals import Invalid
from schakel.people.models import User


def new_account(*, name: str, password: str, at: datetime, mail: str = "") -> User:
    """A new account without any role, in the caller's transaction. Raises Invalid."""
    if User.objects.filter(username__iexact=name).exists():
        raise Invalid(_("this name is taken."), name)
    user = User(username=name, email=mail.strip(), date_joined=at)
    set_password(user, password)
    user.save()
    return user


def set_password(user: User, password: str) -> None:
    """Give an account, saved or not, a password that is good enough, and judge its name. Raises Invalid."""
    user.set_password(password)
    try:
        user.clean_fields(exclude=["last_login"])
        validate_password(password, user)
    except ValidationError as fault:
        raise Invalid(" ".join(fault.messages)) from fault
