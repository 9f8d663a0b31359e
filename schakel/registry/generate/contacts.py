"""Contacts of organisations, beside the one address in organisations.csv."""

import numpy as np
import polars as pl

from schakel.registry.files.lists import facts, slugs
from schakel.registry.generate.dice import Flags, chance, some, stream, words, yes_no
from schakel.registry.generate.organisations import LARGE, Block
from schakel.registry.generate.plan import Plan, organisation_keys

LOCAL = {"security": "security", "technical": "beheer", "privacy": "privacy", "abuse": "abuse"}


def table(plan: Plan, part: Block) -> pl.DataFrame:
    """The rows of contacts.csv for some organisations."""
    dice = stream(plan.seed, "contacts", part.dice_number)
    wanted = {role: chance(dice, part.odds(f"{role}_contact")) for role in ("security", "technical", "privacy")} | {
        "abuse": _is_operator(plan, part)
    }
    frames = [_of_role(dice, part, role, flags) for role, flags in wanted.items()]
    return pl.concat(frames).sort("organisation", maintain_order=True)


def _is_operator(plan: Plan, part: Block) -> Flags:
    """Providers of networks and hosting have an abuse desk."""
    desks = np.concatenate([plan.pool("isp"), plan.pool("msp")])
    return np.isin(part.number, desks)


def _of_role(dice: np.random.Generator, part: Block, role: str, flags: Flags) -> pl.DataFrame:
    at = np.flatnonzero(flags)
    host = part.domain.gather(pl.Series(at, dtype=pl.UInt32))
    is_webhook = (role == "security") & (part.size[at] >= LARGE) & (some(dice, len(at), 0.1))
    mail, webhook = f"{LOCAL[role]}@" + host, "https://" + host + "/schakel"
    languages = [facts("regions")[region]["languages"][0] for region in slugs("regions")]
    verified = (some(dice, len(at), 0.75)) | (role == "abuse")
    frame = pl.DataFrame({"mail": mail, "webhook": webhook, "is_webhook": is_webhook})
    return pl.DataFrame(
        {
            "organisation": organisation_keys(part.number[at]),
            "role": [role] * len(at),
            "address": frame.select(pl.when("is_webhook").then("webhook").otherwise("mail")).to_series(),
            "channel": words(("mail", "webhook"), is_webhook.astype(np.int64)),
            "language": words(languages, part.region[at]),
            "openpgp": pl.Series([None] * len(at), dtype=pl.String),
            "verified": yes_no(verified),
        },
        schema_overrides={"role": pl.String},
    )
