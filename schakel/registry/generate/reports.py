"""A day of reports about the country, in the columns of Shadowserver's files.

Most rows concern somebody, some concern only a provider, some nobody; some come twice, and a few are broken on
purpose: too many fields, a network where an address belongs, an address that cannot exist.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from schakel.registry.files.lists import facts, slugs
from schakel.registry.generate import addresses, assets
from schakel.registry.generate.assets import Network
from schakel.registry.generate.dice import Flags, Ints, pick, some, stream, words
from schakel.registry.generate.organisations import Block
from schakel.registry.generate.plan import Plan
from schakel.registry.generate.words import HOSTS

LEAST_ROWS = 80
ORGANISATIONS_PER_ROW = 40
SECONDS_A_DAY = 86_400
UNMATCHED, OF_PROVIDER, TWICE = 0.08, 0.07, 0.05
WEAK_SUITES = ("TLS_RSA_WITH_RC4_128_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA")
Columns = dict[str, pl.Series | str]


@dataclass(slots=True)
class Targets:
    """A sample of what the organisations hold, from which the reports draw."""

    frames: list[pl.DataFrame] = field(default_factory=list)
    used: int = 0

    def collect(self, plan: Plan, part: Block, held: Network, used: int) -> None:
        """Take a share of a block's networks and names, as large as the reports need."""
        dice = stream(plan.seed, "targets", part.dice_number)
        wanted = rows_per_report(plan) * len(TYPES) * len(part.number) // plan.organisations + 1
        spots = dice.integers(0, max(len(held.at), 1), min(wanted, len(held.at)))
        inside = (dice.random(len(spots)) * (1 << held.size_log2[spots])).astype(np.int64)
        address = held.address[spots] + inside
        hosted = dice.integers(0, len(part.number), wanted)
        hosting = addresses.HOSTING + (dice.integers(0, len(plan.pool("msp")), wanted) << 8) + 10
        self.used = used
        self.frames += [
            _target(part, held.at[spots], address, has_name=some(dice, len(spots), 0.5)),
            _target(part, hosted, hosting, has_name=np.ones(wanted, np.bool_)),
        ]

    def of(self, *, hosted: bool) -> pl.DataFrame:
        """All targets, of hosting companies or of the organisations' own networks."""
        return pl.concat(self.frames[1 if hosted else 0 :: 2])


def _target(part: Block, at: Ints, address: Ints, *, has_name: Flags) -> pl.DataFrame:
    spots = pl.Series(at, dtype=pl.UInt32)
    return pl.DataFrame(
        {
            "ip": addresses.v4_text(address),
            "domain": part.domain.gather(spots).set(pl.Series(~has_name), None),
            "geo": words([_country(name) for name in slugs("regions")], part.region[at]),
            "region": words([facts("regions")[name]["name"].upper() for name in slugs("regions")], part.region[at]),
        }
    )


def _country(region: str) -> str:
    code = region.removeprefix("NL-")
    return code[:2] if facts("regions")[region]["part"] == "caribbean" else "NL"


def rows_per_report(plan: Plan) -> int:
    """How many rows each report has before repeats and broken rows."""
    return max(LEAST_ROWS, plan.organisations // ORGANISATIONS_PER_ROW)


def _chosen(dice: np.random.Generator, count: int, *values: str) -> pl.Series:
    return words(values, pick(dice, [1] * len(values), count))


def _sinkhole(dice: np.random.Generator, seen: pl.DataFrame) -> Columns:
    count = len(seen)
    family = _chosen(dice, count, "andromeda", "avalanche-andromeda", "mirai", "qakbot", "socgholish", "badbox")
    return {
        "timestamp": seen["timestamp"], "protocol": "tcp", "src_ip": seen["ip"],
        "src_port": pl.Series(dice.integers(1024, 65_536, count)).cast(pl.String), "src_asn": seen["asn"],
        "src_geo": seen["geo"], "src_region": seen["region"], "src_city": "", "src_hostname": seen["host"],
        "src_naics": "", "src_sector": "", "device_vendor": "", "device_type": "", "device_model": "",
        "severity": "critical", "dst_ip": "198.18.0.1", "dst_port": "80", "dst_asn": "64511", "dst_geo": "NL",
        "dst_region": "", "dst_city": "", "dst_hostname": "", "dst_naics": "", "dst_sector": "",
        "public_source": "", "infection": family, "family": family, "tag": family, "application": "http",
        "version": "", "event_id": "",
    }  # fmt: skip


def _where(seen: pl.DataFrame) -> Columns:
    return {
        "asn": seen["asn"], "geo": seen["geo"], "region": seen["region"], "city": "", "naics": "",
    }  # fmt: skip


def _http_vulnerable(dice: np.random.Generator, seen: pl.DataFrame) -> Columns:
    count = len(seen)
    tag = _chosen(
        dice, count, "http;cve-2024-3400", "citrix;cve-2023-4966", "exchange;cve-2021-26855", "git-config-file"
    )
    return {
        "timestamp": seen["timestamp"], "severity": _chosen(dice, count, "critical", "critical", "high"),
        "ip": seen["ip"], "protocol": "tcp", "port": _chosen(dice, count, "80", "443", "8080", "8443"),
        "hostname": seen["host"], "tag": tag, **_where(seen), "hostname_source": "", "sector": "",
        "http": "HTTP/1.1", "http_code": "200", "http_reason": "OK", "content_type": "text/html; charset=utf-8",
        "www_authenticate": _chosen(dice, count, "", 'Basic realm="beheer"'),
        "server": _chosen(dice, count, "nginx/1.18.0", "Apache/2.4.41 (Ubuntu)", "Microsoft-IIS/10.0"), "version": "",
        "detail": "",
    }  # fmt: skip


def _rdp(_dice: np.random.Generator, seen: pl.DataFrame) -> Columns:
    return {
        "timestamp": seen["timestamp"], "severity": "high", "ip": seen["ip"], "protocol": "tcp", "port": "3389",
        "hostname": seen["host"], "tag": "rdp", "handshake": "TLSv1.2", **_where(seen), "hostname_source": "",
        "sector": "", "rdp_protocol": "RDP", "subject_common_name": seen["host"],
    }  # fmt: skip


def _ssl(dice: np.random.Generator, seen: pl.DataFrame) -> Columns:
    return {
        "timestamp": seen["timestamp"], "severity": "low", "ip": seen["ip"], "protocol": "tcp", "port": "443",
        "hostname": seen["host"], "tag": "ssl-poodle", "handshake": "SSLv3", **_where(seen), "hostname_source": "",
        "sector": "", "cipher_suite": _chosen(dice, len(seen), *WEAK_SUITES), "ssl_poodle": "Y",
        "subject_common_name": seen["host"],
    }  # fmt: skip


def _website(dice: np.random.Generator, seen: pl.DataFrame) -> Columns:
    count = len(seen)
    return {
        "timestamp": seen["timestamp"], "severity": "critical", "ip": seen["ip"], "protocol": "tcp", "port": "80",
        "hostname": seen["host"], "tag": _chosen(dice, count, "magecart", "phishing", "hacked-webserver"),
        "application": "http", **_where(seen), "url": _chosen(dice, count, "/", "/wp-content/x.php", "/index.php"),
        "http_host": seen["host"], "category": _chosen(dice, count, "spam", "phishing", "stealer"), "system": "",
        "detected_since": "", "server": "", "redirect_target": "", "sector": "", "cc_url": "", "family": "",
    }  # fmt: skip


# Name of the report, whether its rows lie with hosting companies, and its columns.
TYPES: dict[str, tuple[bool, Callable[[np.random.Generator, pl.DataFrame], Columns]]] = {
    "event4_sinkhole": (False, _sinkhole),
    "scan_http_vulnerable": (False, _http_vulnerable),
    "scan_rdp": (False, _rdp),
    "scan_ssl_poodle": (False, _ssl),
    "compromised_website": (True, _website),
}


def write(plan: Plan, targets: Targets, folder: Path, day: date) -> dict[str, int]:
    """Write a report of each type and return how many rows each has."""
    folder.mkdir(exist_ok=True)
    counts = {}
    for name, (is_hosted, columns) in TYPES.items():
        dice = stream(plan.seed, f"report {name}", day.toordinal())
        seen = _sightings(plan, targets.of(hosted=is_hosted), targets.used, dice, day)
        cells = columns(dice, seen).items()
        frame = seen.select((pl.lit(value) if isinstance(value, str) else value).alias(key) for key, value in cells)
        file = f"{day}-{name}-schakel-nl.csv"
        counts[file] = _write(folder / file, _with_repeats(frame, dice, day))
    return counts


def _sightings(plan: Plan, known: pl.DataFrame, used: int, dice: np.random.Generator, day: date) -> pl.DataFrame:
    """Who is seen when: organisations, customers of a provider, nobody."""
    count = rows_per_report(plan)
    unknown = _strangers(dice, addresses.UNUSED, 1 << 20, int(count * UNMATCHED) + 1)
    customers = _strangers(dice, addresses.PRIVATE, max(used, 1), int(count * OF_PROVIDER) + 1)
    ours = _taken(known, dice.integers(0, max(len(known), 1), count if len(known) else 0))
    seen = pl.concat([unknown, customers, ours])
    host = words(HOSTS, pick(dice, [8, *[1] * (len(HOSTS) - 1)], len(seen))) + "."
    numbers = [str(assets.asn(place)) for place in range(len(plan.pool("isp")))]
    place = dice.integers(0, len(numbers) + 1, len(seen))
    place[: len(unknown)] = len(numbers)  # Nobody announces these.
    return seen.with_columns(
        timestamp=_moments(dice, len(seen), day),
        host=(host + seen["domain"]).fill_null(""),
        asn=words([*numbers, ""], place),
    )


def _moments(dice: np.random.Generator, count: int, day: date) -> pl.Series:
    seconds = dice.integers(0, SECONDS_A_DAY, count).astype("timedelta64[s]")
    return pl.Series(np.datetime64(day, "ms") + seconds).dt.strftime("%Y-%m-%d %H:%M:%S")


def _with_repeats(frame: pl.DataFrame, dice: np.random.Generator, day: date) -> pl.DataFrame:
    """Some rows once more at another time of the day, all in the order of time."""
    again = _taken(frame, dice.integers(0, len(frame), int(len(frame) * TWICE) + 1))
    again = again.with_columns(timestamp=_moments(dice, len(again), day))
    return pl.concat([frame, again]).sort("timestamp", maintain_order=True)


def _taken(frame: pl.DataFrame, rows: Ints) -> pl.DataFrame:
    return frame.select(pl.all().gather(pl.Series(rows, dtype=pl.UInt32)))


def _strangers(dice: np.random.Generator, first: int, span: int, count: int) -> pl.DataFrame:
    return pl.DataFrame({"ip": addresses.v4_text(first + dice.integers(0, span, count))}).select(
        "ip", pl.lit(None, pl.String).alias("domain"), pl.lit("NL").alias("geo"), pl.lit("UTRECHT").alias("region")
    )


def _write(path: Path, frame: pl.DataFrame) -> int:
    """Write the rows and, in the middle, those that are broken; returns the count of all."""
    half = len(frame) // 2
    address = "src_ip" if "src_ip" in frame.columns else "ip"
    model = frame.slice(half, 1)
    network = model.with_columns(pl.lit("10.0.0.0/24").alias(address))
    impossible = model.with_columns(pl.lit("999.1.2.3").alias(address))
    with path.open("wb") as file:
        frame.head(half).write_csv(file)
        pl.concat([network, impossible]).write_csv(file, include_header=False)
        file.write(model.write_csv(include_header=False).rstrip("\n").encode() + b",over,the,edge\n")
        frame.tail(-half).write_csv(file, include_header=False)
    return len(frame) + 3
