"""Address ranges that belong to nobody on the Internet, as warning lists for `Index.build`.

Source: the IANA special-purpose address registries for IPv4 and IPv6 (RFC 6890, as of November 2026), of which
the ranges that are not globally reachable, and multicast. IPv4-mapped IPv6 is not among them: it is read as IPv4.
"""

import polars as pl

SPECIAL_PURPOSE, DOCUMENTATION = "special-purpose", "documentation"

_SPECIAL_PURPOSE = (
    "0.0.0.0/8",  # this network, RFC 791
    "10.0.0.0/8",  # private, RFC 1918
    "100.64.0.0/10",  # shared by a provider's customers, RFC 6598
    "127.0.0.0/8",  # loopback, RFC 1122
    "169.254.0.0/16",  # link-local, RFC 3927
    "172.16.0.0/12",  # private, RFC 1918
    "192.0.0.0/24",  # protocol assignments, RFC 6890
    "192.88.99.0/24",  # deprecated 6to4 relays, RFC 7526
    "192.168.0.0/16",  # private, RFC 1918
    "198.18.0.0/15",  # benchmarks, RFC 2544
    "224.0.0.0/4",  # multicast, RFC 5771
    "240.0.0.0/4",  # reserved and limited broadcast, RFC 1112, RFC 919
    "::/128",  # unspecified, RFC 4291
    "::1/128",  # loopback, RFC 4291
    "64:ff9b:1::/48",  # local translation between IPv4 and IPv6, RFC 8215
    "100::/64",  # discard, RFC 6666
    "100:0:0:1::/64",  # dummy, RFC 9780
    "2001::/23",  # protocol assignments, RFC 2928
    "2002::/16",  # 6to4, RFC 3056
    "5f00::/16",  # segment routing, RFC 9602
    "fc00::/7",  # unique local, RFC 4193
    "fe80::/10",  # link-local, RFC 4291
    "ff00::/8",  # multicast, RFC 4291
)
_DOCUMENTATION = (
    "192.0.2.0/24",  # RFC 5737
    "198.51.100.0/24",  # RFC 5737
    "203.0.113.0/24",  # RFC 5737
    "2001:db8::/32",  # RFC 3849
    "3fff::/20",  # RFC 9637
)


def never_matching(*, documentation: bool = False) -> pl.DataFrame:
    """The ranges as `kind`, `value`, `name`; those for documentation only if asked, as demonstrations live in them."""
    lists = {SPECIAL_PURPOSE: _SPECIAL_PURPOSE, DOCUMENTATION: _DOCUMENTATION if documentation else ()}
    rows = [("network", value, name) for name, values in lists.items() for value in values]
    return pl.DataFrame(rows, schema={"kind": pl.String, "value": pl.String, "name": pl.String}, orient="row")
