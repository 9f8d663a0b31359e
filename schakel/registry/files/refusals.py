"""What can be wrong: with a file as a whole, or with one value of one row.

A fault of a value travels inside its own column, as text behind a mark that no accepted value can
hold (control characters are refused). So one expression per column both cleans and judges, and a batch
without faults costs nothing more than looking for the mark.
"""

import polars as pl

MARK = "\x00"


class FileRefused(ValueError):  # noqa: N818 - a refusal, named as the house names them
    """The file cannot be read at all; `reason` is a stable code, `words` a sentence for people.

    `about` holds what the sentence names, for those who say it in another language.
    """

    def __init__(self, reason: str, words: str, **about: object) -> None:
        super().__init__(words)
        self.reason = reason
        self.words = words
        self.about = about


def fault(reason: str) -> pl.Expr:
    """The mark that takes the place of a value that is refused for `reason`."""
    return pl.lit(MARK + reason)


def is_fault(value: pl.Expr) -> pl.Expr:
    """Whether a cleaned value is a fault; null is none."""
    return value.str.starts_with(MARK).fill_null(value=False)


WORDS = {
    "required": "This column must not be empty.",
    "too-long": "The text is longer than this column can hold.",
    "control-character": "The text holds a control character that cannot be printed.",
    "unknown-value": "This is none of the values that the column knows: {options}.",
    "yes-or-no": "Write yes or no.",
    "day": "Write a day as year-month-day, such as 2026-01-31.",
    "span": "The end must be after the beginning.",
    "kvk-form": "A KVK number has 8 digits. A spreadsheet may have dropped leading zeros: make the cell text.",
    "rsin-form": "An RSIN has 9 digits. A spreadsheet may have dropped leading zeros: make the cell text.",
    "rsin-proof": "This number fails the 11-test, so it is no RSIN: a digit is wrong or two are swapped.",
    "oin-form": "An OIN has 20 digits and ends in zeros. A spreadsheet may have rounded it: make the cell text.",
    "oin-prefix": "The first 8 digits are no prefix of an OIN.",
    "oin-number": "The RSIN inside this OIN fails the 11-test.",
    "sbi-form": "An SBI code is a section letter, or 2 to 5 digits that begin with a division in use.",
    "mail-form": "This is not the address of a mailbox.",
    "webhook-form": "A webhook is an https address with a host name.",
    "website-form": "This is not the address of a website, such as https://www.example.org.",
    "count": "Write a whole number without dots or spaces, such as 1250.",
    "network-form": "This is no IP network. Write it as 192.0.2.0/24 or 2001:db8::/32.",
    "host-bits": "The address lies inside the network instead of at its beginning, so the length is in doubt.",
    "domain-form": "This is no domain name that the internet can carry.",
    "public-suffix": "Under this name others register theirs; it can belong to nobody.",
    "asn-form": "An AS number is a number from 1 to 4294967294.",
    "asn-reserved": "This AS number is reserved and can belong to nobody.",
    "openpgp": "This is no OpenPGP public key in armour that can be read.",
    "duplicate": "The same row stands earlier in this file; that one counts.",
    "name-twice": "Another row of this file has the same name; an organisation stands in it once.",
    "itself": "Nobody is its own constituency.",
    "legacy-kind": "This day needs the column legacy: as what it was known until then.",
    "section": "A section of the SBI is one letter, A to V.",
    "column-count": "The row has another number of fields than the header.",
    "quoting": "A quotation mark is opened or closed in the wrong place.",
}
