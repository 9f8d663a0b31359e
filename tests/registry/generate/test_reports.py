import csv
import ipaddress
from datetime import date

import pytest

from schakel.registry.files import read_table
from schakel.registry.generate import generate, reports

DAY = date(2026, 3, 1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A country with its reports of one day."""
    out = tmp_path_factory.mktemp("country")
    generate(organisations=2000, seed=1, out=out, day=DAY)
    return out


def rows_of(folder, name):
    with (folder / "reports" / f"{DAY}-{name}-schakel-nl.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        header = next(reader)
        return header, list(reader)


@pytest.mark.parametrize("name", reports.TYPES)
def test_each_report_has_good_rows_repeats_and_rows_that_are_broken_on_purpose(folder, name):
    header, rows = rows_of(folder, name)
    at = header.index("src_ip" if "src_ip" in header else "ip")
    ragged = [row for row in rows if len(row) != len(header)]
    assert len(ragged) == 1
    assert [row[at] for row in rows].count("10.0.0.0/24") == [row[at] for row in rows].count("999.1.2.3") == 1
    assert all(row[header.index("timestamp")].startswith("2026-03-01 ") for row in rows)
    subjects = [tuple(row[1:]) for row in rows]
    assert len(set(subjects)) < len(subjects)
    assert len(rows) >= 80


@pytest.mark.parametrize("name", reports.TYPES)
def test_most_rows_concern_somebody_and_some_nobody(folder, name):
    held, names = holdings(folder)
    header, rows = rows_of(folder, name)
    address, host = ("src_ip", "src_hostname") if "src_ip" in header else ("ip", "hostname")
    plain = [dict(zip(header, row, strict=False)) for row in rows]
    plain = [row for row in plain if row[address] not in ("10.0.0.0/24", "999.1.2.3")]
    known = [row for row in plain if is_held(row[address], held) or row[host].partition(".")[2] in names]
    assert 0.75 < len(known) / len(plain) < 0.99


def holdings(folder):
    batches = [part.good for part in read_table(folder / "assets.csv", "assets")]
    networks, names = set(), set()
    for kind, value in (row for part in batches for row in part.select("kind", "value").iter_rows()):
        if kind == "network" and ":" not in value:
            networks.add(ipaddress.ip_network(value))
        elif kind == "domain":
            names.add(value)
    return networks, names


def is_held(address, networks):
    return any(ipaddress.ip_network((address, bits), strict=False) in networks for bits in range(8, 33))
