"""Domain names, mail addresses and webhooks in their normal form, judged for a whole column at once.

Names become lower-case A-labels (UTS 46, RFC 5891). Plain ASCII names, nearly all, are judged by pattern;
only names with other letters or with `xn--` go through the IDNA tables one by one.
"""

from functools import cache
from importlib.resources import files

import idna
import polars as pl

from schakel.registry.files.columnwise import in_steps, on_some
from schakel.registry.files.refusals import MARK, fault, is_fault

LABEL = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
# RFC 1123, section 2.1, and RFC 3696, section 2: letters, digits and hyphens; the last label is not all digits.
NAME = rf"^(?:{LABEL}\.)*[a-z](?:[a-z0-9-]*[a-z0-9])?$"
LONGEST_NAME = 253
LONGEST_LOCAL = 64
LONGEST_MAIL = 254
LONGEST_ADDRESS = 2000
# RFC 5321, section 4.1.2: a dot-string. Quoted local parts exist on paper and are taken for mistakes here.
LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
WEBSITE = r"^https?://([^/?#:@\s]+)(?::[0-9]{1,5})?(?:[/?#][!-~]*)?$"
WEBHOOK = r"^https://([^/?#:@\s]+)(?::[0-9]{1,5})?(?:[/?][!-~]*)?$"


def a_labels(name: str) -> str:
    """The name as lower-case A-labels, or the mark of a fault."""
    try:
        return idna.encode(name, uts46=True, transitional=False).decode("ascii")
    except idna.IDNAError:
        return f"{MARK}domain-form"


def name(value: pl.Expr) -> pl.Expr:
    """A host or domain name in normal form; a trailing dot goes."""
    lower, plain = pl.col("lower"), pl.col("plain")
    is_foreign = lower.str.contains(r"[^\x00-\x7f]|xn--")
    fits = ~plain.str.contains("[^.]{64}") & (plain.str.len_bytes() <= LONGEST_NAME)
    return in_steps(
        value,
        lower=pl.col("value").str.to_lowercase().str.strip_suffix("."),
        plain=pl.when(is_foreign).then(on_some(lower, is_foreign, a_labels)).otherwise(lower),
        result=pl.when(plain.is_null() | (plain.str.contains(NAME) & fits)).then(plain).otherwise(fault("domain-form")),
    )


@cache
def suffix_rules() -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The public suffix list as plain rules, parents of wildcards, and exceptions (publicsuffix.org/list)."""
    text = files("publicsuffixlist").joinpath("public_suffix_list.dat").read_text(encoding="utf-8")
    rules = [line.split()[0] for line in text.splitlines() if line.strip() and not line.startswith("//")]
    plain = (rule for rule in rules if rule[0] not in "*!")
    parents = (rule.removeprefix("*.") for rule in rules if rule.startswith("*."))
    exceptions = (rule.removeprefix("!") for rule in rules if rule.startswith("!"))
    return tuple(map(a_labels, plain)), tuple(map(a_labels, parents)), tuple(map(a_labels, exceptions))


def is_public_suffix(plain: pl.Expr) -> pl.Expr:
    """Whether others register names under this one; a single label always is (the list's rule `*`).

    The parent of a wildcard is refused too, as the matching kernel does: who held it would hold what others register.
    """
    rules, parents, exceptions = suffix_rules()
    parent = plain.str.extract(r"^[^.]+\.(.+)$")
    is_wild = parent.is_in(parents).fill_null(value=False) & ~plain.is_in(exceptions)
    return ~plain.str.contains(".", literal=True) | plain.is_in(rules) | plain.is_in(parents) | is_wild


def domain(value: pl.Expr) -> pl.Expr:
    """A name that somebody can hold: well formed and not a public suffix."""
    plain = pl.col("plain")
    is_refused = ~is_fault(plain) & is_public_suffix(plain)
    return in_steps(
        value,
        plain=name(pl.col("value")),
        result=pl.when(is_refused).then(fault("public-suffix")).otherwise(plain),
    )


def mail(value: pl.Expr) -> pl.Expr:
    """A mail address (RFC 5321) with its domain in normal form; the local part stays as it is."""
    local, host, whole = pl.col("local"), pl.col("host"), pl.col("whole")
    fits = (local.str.len_bytes() <= LONGEST_LOCAL) & (whole.str.len_bytes() <= LONGEST_MAIL)
    is_well_formed = ~is_fault(host) & host.str.contains(".", literal=True) & fits
    return in_steps(
        value,
        local=pl.col("value").str.extract(rf"^({LOCAL})@[^@]+$"),
        host=name(pl.col("value").str.extract(r"@([^@]+)$")),
        whole=local + "@" + host,
        result=pl.when(is_well_formed).then(whole).when(pl.col("value").is_not_null()).then(fault("mail-form")),
    )


def webhook(value: pl.Expr) -> pl.Expr:
    """An https address with a host name and without a user name in it."""
    host, whole = pl.col("host"), pl.col("value")
    fits = whole.str.len_bytes() <= LONGEST_ADDRESS
    is_well_formed = ~is_fault(host) & host.str.contains(".", literal=True) & fits
    return in_steps(
        value,
        host=name(whole.str.extract(WEBHOOK)),
        result=pl.when(is_well_formed).then(whole).when(whole.is_not_null()).then(fault("webhook-form")),
    )


def website(value: pl.Expr) -> pl.Expr:
    """An address of the web with a host name and without a user name in it; `https://` where nothing is said."""
    host, whole = pl.col("host"), pl.col("whole")
    is_bare = ~pl.col("value").str.contains("://", literal=True)
    fits = whole.str.len_bytes() <= LONGEST_ADDRESS
    is_well_formed = ~is_fault(host) & host.str.contains(".", literal=True) & fits
    return in_steps(
        value,
        whole=pl.when(is_bare).then("https://" + pl.col("value")).otherwise(pl.col("value")),
        host=name(whole.str.extract(WEBSITE)),
        result=pl.when(is_well_formed).then(whole).when(pl.col("value").is_not_null()).then(fault("website-form")),
    )
