"""A registry and reports of any size, shaped like real ones, with the right answers worked out in another way.

Deterministic by seed. Written are the files that `schakel match` reads, and `truth.parquet` with a line per row of
all reports in the order of their names: `network`, `domain` (the most specific asset, or null) and `organisation`
(of the network, else the domain, else the ASN). The answers come from joins per prefix length and per number of
labels, the slow way, and share no code with the kernel.

`python -m tests.bench.workload --size base --out FOLDER`
"""

import argparse
import ipaddress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl


@dataclass(frozen=True, slots=True)
class Size:
    rows: int
    networks: int
    domains: int
    asns: int
    organisations: int


SIZES = {
    "small": Size(10_000, 1_000, 2_000, 60, 600),
    "base": Size(1_000_000, 100_000, 200_000, 10_000, 60_000),
    "country": Size(1_000_000, 1_000_000, 3_000_000, 10_000, 2_500_000),
}
FOUR_TOPS = {16: 8, 17: 6, 18: 8, 19: 12, 20: 16, 21: 20, 22: 30}
FOUR_PARTS = {22: 3, 23: 4, 24: 22, 25: 5, 26: 8, 27: 10, 28: 14, 29: 22, 30: 6, 32: 6}
SIX_TOPS = {29: 25, 32: 75}
SIX_PARTS = {40: 8, 44: 8, 48: 56, 56: 18, 64: 9, 128: 1}
RESERVED = {0, 10, 100, 127, 169, 172, 192, 198, 203}
SIX_SHARE = 0.2
PARTS = [
    "aal",
    "berg",
    "brug",
    "dam",
    "dijk",
    "duin",
    "eik",
    "haag",
    "heide",
    "kade",
    "kroon",
    "meer",
    "molen",
    "oever",
]
PARTS += ["polder", "rijn", "schans", "sluis", "tuin", "veen", "vliet", "waard", "wal", "werf", "wolk", "zand"]
ENDINGS = {"nl": 70, "com": 12, "eu": 5, "org": 5, "net": 4, "be": 2, "de": 2}
FRONTS = ["www", "mail", "vpn", "remote", "portal", "api", "git", "test", "cloud", "gw01", "fw", "rdp"]
CONTENT = {
    "protocol": ["tcp"],
    "tag": ["http", "http;cve-2024-3400", "git-config", "http;eol"],
    "geo": ["NL", "NL", "DE"],
}
CONTENT |= {"city": ["AMSTERDAM", "'S-GRAVENHAGE", "UTRECHT"], "region": ["NOORD-HOLLAND", "ZUID-HOLLAND", "UTRECHT"]}
CONTENT |= {
    "server": ["nginx/1.18.0", "Apache/2.4.41 (Ubuntu)", ""],
    "www_authenticate": ["", 'Basic realm="beheer, intern"'],
}
CONTENT |= {"sector": ["Government", "Healthcare", "Communications, Service Provider, and Hosting Service"]}
CONTENT |= {
    "severity": ["critical", "high", "medium"],
    "content_type": ["text/html; charset=utf-8"],
    "http": ["HTTP/1.1"],
}
CONTENT |= {
    "http_reason": ["OK", "Found"],
    "set_cookie": ["", "SID=0f1e2d3c4b5a; Path=/; HttpOnly"],
    "version": ["", "7.0.1"],
}
CONTENT |= {
    "detail": [""],
    "http_date": ["Thu, 15 Jan 2026 10:01:11 GMT"],
    "build_branch": [""],
    "connection": ["close"],
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="base")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    write(given.out, SIZES[given.size], given.seed)


def write(out: Path, size: Size, seed: int = 1) -> None:
    """Write registry, reports and answers into the folder."""
    random = np.random.default_rng(seed)
    (out / "reports").mkdir(parents=True, exist_ok=True)
    networks = registry_networks(random, size)
    domains = registry_domains(random, size)
    asns = registry_asns(random, size)
    networks.select("net_id", "cidr", "org_id").write_csv(out / "assets_networks.csv")
    domains.write_csv(out / "assets_domains.csv")
    asns.write_csv(out / "assets_asns.csv")
    pl.DataFrame({"org_id": np.arange(size.organisations)}).select(
        "org_id", name=pl.format("Organisation {}", "org_id")
    ).write_csv(out / "orgs.csv")
    answers = []
    for name, share, family, prefix in REPORTS:
        rows = sightings(random, int(size.rows * share), networks.filter(family=family), domains, asns, family=family)
        report(random, rows, prefix).write_csv(out / "reports" / name, quote_style="non_numeric")
        answers.append(truth(rows, networks.filter(family=family), domains, asns))
    pl.concat(answers).write_parquet(out / "truth.parquet")


REPORTS = [
    ("a-scan.csv", 0.6, 4, ""),
    ("b-sinkhole.csv", 0.3, 4, "src_"),
    ("c-scan6.csv", 0.1, 6, ""),
]


def picked(random, weights, count):
    chances = np.array(list(weights.values()), float)
    return random.choice(np.array(list(weights)), count, p=chances / chances.sum())


def owners(random, size, count):
    """Few hold much."""
    return (size.organisations * random.random(count) ** 2.2).astype(np.int64)


def registry_networks(random, size):
    """Networks with their number (for IPv6 the upper half; the lower is 0 but for /128), some within others."""
    six = int(size.networks * SIX_SHARE)
    parts = [_family(random, size, size.networks - six, 4), _family(random, size, six, 6)]
    frame = pl.concat(parts).with_row_index("net_id").with_columns(pl.col("net_id").cast(pl.Int64))
    return frame.with_columns(cidr=pl.format("{}/{}", text(frame["family"], frame["high"], frame["low"]), "length"))


def _family(random, size, count, family):
    bits, tops, parts = (32, FOUR_TOPS, FOUR_PARTS) if family == 4 else (64, SIX_TOPS, SIX_PARTS)
    top_count = max(4, count // 40)
    length = picked(random, tops, top_count)
    if family == 4:
        firsts = np.array([octet for octet in range(1, 224) if octet not in RESERVED])
        number = (random.choice(firsts, top_count) << 24) | random.integers(0, 1 << 24, top_count)
    else:
        number = (0x2A0 << 52) | (random.integers(0, 1 << 20, top_count) << 32)
    levels = [(_cut(number, length, bits), length)]
    while sum(len(part) for part, _length in levels) < 1.15 * count:
        around = random.integers(0, len(levels[-1][0]), count // 3)
        base, outer = levels[-1][0][around], levels[-1][1][around]
        base, outer = (np.where(random.random(count // 3) < 0.6, first, then) for first, then in (
            (levels[0][0][around % top_count], base), (levels[0][1][around % top_count], outer)
        ))  # fmt: skip
        inner = np.maximum(picked(random, parts, len(base)), outer + 1)
        inner = np.where(inner > 64, 128, inner)
        kept = inner <= (32 if family == 4 else 128)
        base, outer, inner = base[kept], outer[kept], inner[kept]
        free = np.maximum(bits - outer, 0)
        number = base + (random.random(len(base)) * 2.0**free).astype(np.int64)
        levels.append((_cut(number, np.minimum(inner, bits), bits), inner))
    frame = pl.DataFrame(
        {"high": np.concatenate([n for n, _ in levels]), "length": np.concatenate([n for _, n in levels])}
    )
    frame = frame.unique(maintain_order=True).head(count)
    low = np.where(frame["length"].to_numpy() > 64, 1, 0)
    return frame.select(
        pl.lit(family).alias("family"), "high", pl.Series("low", low), "length",
        pl.Series("org_id", owners(random, size, len(frame))),
    )  # fmt: skip


def _cut(number, length, bits):
    return (number >> (bits - length)) << (bits - length)


def text(family, high, low):
    """Addresses as text: one Python object each, as slow as it looks."""
    parts = zip(family.to_list(), high.to_list(), low.to_list(), strict=True)
    return pl.Series(
        [str(ipaddress.IPv4Address(h) if f == 4 else ipaddress.IPv6Address(h << 64 | lower)) for f, h, lower in parts],
        dtype=pl.String,
    )


def registry_domains(random, size):
    """Names of two to four parts; one in ten lies below another."""
    count = int(size.domains * 1.3) + 50
    pieces = pl.Series(PARTS)
    columns = [pieces.gather(random.integers(0, len(PARTS), count)) for _ in range(4)]
    number = pl.Series(random.integers(0, size.domains, count)).cast(pl.String)
    ending = pl.Series(picked(random, ENDINGS, count))
    style = random.random(count)
    frame = pl.DataFrame({"a": columns[0], "b": columns[1], "c": columns[2], "d": columns[3], "n": number, "e": ending})
    shapes = [pl.format("{}-{}{}.{}", "a", "b", "n", "e"), pl.format("{}{}{}.{}", "a", "b", "c", "e")]
    shapes += [pl.format("{}{}-{}{}.{}", "a", "b", "c", "d", "e"), pl.format("{}{}{}.{}", "a", "b", "n", "e")]
    shape = pl.Series((style * 4).astype(int))
    chosen = pl.coalesce([pl.when(shape == at).then(made) for at, made in enumerate(shapes)])
    names = frame.select(domain=chosen).unique(maintain_order=True).head(size.domains)["domain"]
    below = np.flatnonzero(random.random(len(names)) < 0.1)
    above = names.gather(random.integers(0, len(names), len(below)))
    deeper = (
        pl.Series(FRONTS).gather(random.integers(0, len(FRONTS), len(below))) + "-" + names.gather(below).str.head(3)
    )
    names = names.scatter(below, deeper + "." + above).unique(maintain_order=True)
    return pl.DataFrame({"dom_id": np.arange(len(names)), "domain": names, "org_id": owners(random, size, len(names))})


def registry_asns(random, size):
    numbers = np.sort(random.choice(np.arange(1_000, 215_000), size.asns, replace=False))
    return pl.DataFrame({"asn": numbers, "org_id": owners(random, size, size.asns)})


def sightings(random, count, networks, domains, asns, *, family):
    """Rows: `high`, `low` of the address, its text, a host name or none, an ASN known or not; one in five repeats."""
    distinct = max(1, int(count * 0.8))
    chosen = networks[random.integers(0, len(networks), distinct)]
    bits = 32 if family == 4 else 64
    free = np.maximum(bits - chosen["length"].to_numpy(), 0)
    high = chosen["high"].to_numpy() + (random.random(distinct) * 2.0**free).astype(np.int64)
    is_stray = random.random(distinct) < 0.3
    stray = random.integers(1 << 24, 223 << 24, distinct) if family == 4 else high ^ (0xF << 40)
    high = np.where(is_stray, stray, high)
    is_host = chosen["length"].to_numpy() > 64
    low = np.where(is_host | (family == 4), chosen["low"].to_numpy(), random.integers(1, 1 << 62, distinct))
    frame = pl.DataFrame({"family": np.full(distinct, family), "high": high, "low": low})
    frame = frame.with_columns(address=text(frame["family"], frame["high"], frame["low"]))
    known = pl.Series(asns["asn"]).gather(random.integers(0, len(asns), distinct))
    asn = np.where(random.random(distinct) < 0.75, known.to_numpy(), 300_000 + random.integers(0, 99_999, distinct))
    frame = frame.with_columns(pl.Series("asn", asn), host=host_names(random, frame["address"], domains))
    order = np.concatenate([np.arange(distinct), random.integers(0, distinct, count - distinct)])
    return frame[random.permutation(order)]


def host_names(random, addresses, domains):
    """None, reverse names of a provider, registered names, near misses and strangers."""
    count = len(addresses)
    some = domains["domain"].gather((len(domains) * random.random(count) ** 1.6).astype(int))
    providers = domains["domain"].head(500).gather(random.integers(0, min(500, len(domains)), count))
    dashed = addresses.str.replace_all(r"[.:]", "-")
    front = pl.Series(FRONTS).gather(random.integers(0, len(FRONTS), count))
    kind = pl.Series(random.random(count))
    named = (
        pl.when(kind < 0.35).then(None)
        .when(kind < 0.60).then("ip-" + dashed + ".dyn." + providers)
        .when(kind < 0.66).then(some)
        .when(kind < 0.82).then(front + "." + some)
        .when(kind < 0.85).then(front + ".k7." + some)
        .when(kind < 0.92).then("x" + some)
        .otherwise("static." + dashed + ".clients.hoster.example")
    )  # fmt: skip
    frame = pl.select(named.alias("host"))
    is_loud = pl.Series(random.random(count) < 0.01)
    return frame.select(pl.when(is_loud).then(pl.col("host").str.to_uppercase()).otherwise("host"))["host"]


def report(random, rows, prefix):
    """The rows among the columns of a real report."""
    count = len(rows)
    seconds = np.sort(random.integers(0, 86_400, count))
    moment = pl.Series(seconds * 1_000_000 + 1_768_435_200_000_000).cast(pl.Datetime("us"))
    columns = {"timestamp": moment.dt.to_string("%Y-%m-%d %H:%M:%S"), f"{prefix}ip": rows["address"]}
    columns |= {"port": random.choice([80, 443, 8080, 8443], count), f"{prefix}hostname": rows["host"]}
    columns |= {f"{prefix}asn": rows["asn"]}
    filled = {
        name: pl.Series(values).gather(random.integers(0, len(values), count)) for name, values in CONTENT.items()
    }
    return pl.DataFrame(columns | filled)


def truth(rows, networks, domains, asns):
    """The answers: a join per prefix length from the longest on, a join per number of labels from the most on."""
    rows = rows.with_row_index("row").with_columns(pl.col("host").str.to_lowercase())
    rows = rows.with_columns(network=_networks(rows, networks), domain=_domains(rows, domains))
    owner = {
        "of_network": networks.select(network="net_id", of_network="org_id"),
        "of_domain": domains.select(domain="dom_id", of_domain="org_id"),
        "of_asn": asns.select("asn", of_asn="org_id"),
    }
    for table in owner.values():
        rows = rows.join(table, on=table.columns[0], how="left", maintain_order="left")
    return rows.select("network", "domain", organisation=pl.coalesce(*owner))


def _networks(rows, networks):
    found = pl.Series("network", [None] * len(rows), dtype=pl.Int64)
    bits = 32 if rows["family"][0] == 4 else 64
    for length in sorted(networks["length"].unique().to_list(), reverse=True):
        step = 1 << max(bits - length, 0)
        asked = rows.select(
            high=pl.col("high") // step * step, low=pl.col("low") if length > 64 else pl.lit(0, pl.Int64)
        )
        table = networks.filter(length=length).select("high", pl.col("low").cast(pl.Int64), "net_id")
        here = asked.join(table, on=["high", "low"], how="left", maintain_order="left")["net_id"]
        found = found.zip_with(found.is_not_null(), here)
    return found


def _domains(rows, domains):
    found = pl.Series("domain", [None] * len(rows), dtype=pl.Int64)
    for labels in range(6, 1, -1):
        ending = rows.select(domain=pl.col("host").str.extract(rf"((?:[^.]+\.){{{labels - 1}}}[^.]+)$"))
        here = ending.join(domains, on="domain", how="left", maintain_order="left")["dom_id"]
        found = found.zip_with(found.is_not_null(), here)
    return found


if __name__ == "__main__":
    main()
