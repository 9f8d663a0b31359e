import hashlib
import ipaddress
from collections import Counter
from datetime import date

import numpy as np
import polars as pl
import pytest

from schakel.registry.files import TABLES, read_table
from schakel.registry.generate import assets, country, generate
from schakel.registry.generate.dice import shuffled
from schakel.registry.generate.plan import Plan

DAY = date(2026, 11, 20)
NOBODYS = [
    ipaddress.ip_network(text)
    for text in (
        *("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"),
        *("10.0.0.0/8", "fd00::/8"),
    )
]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The country of the demo."""
    folder = tmp_path_factory.mktemp("demo")
    generate(organisations=2000, seed=1, out=folder)
    return folder


@pytest.fixture(scope="module")
def tables(demo):
    """Its tables, as they are read back."""
    return {kind: pl.concat(part.good for part in read_table(demo / f"{kind}.csv", kind)) for kind in TABLES}


def digests(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path):
    for name, seed in [("one", 7), ("two", 7), ("three", 8)]:
        generate(organisations=300, seed=seed, out=tmp_path / name)
    one, two, three = (digests(tmp_path / name) for name in ("one", "two", "three"))
    assert one == two
    by_law = {"designations.csv"}  # What the law says does not depend on luck.
    assert all(one[file] != three[file] for file in one if file not in by_law)


@pytest.mark.parametrize("organisations", [1, 5, 40, 5000])
def test_every_file_of_a_country_of_any_size_reads_back_without_a_bad_row(tmp_path, organisations):
    result = generate(organisations=organisations, seed=3, out=tmp_path)
    for kind in TABLES:
        batches = list(read_table(tmp_path / f"{kind}.csv", kind))
        assert [part.bad.rows() for part in batches if len(part.bad)] == []
        assert sum(part.rows for part in batches) == result[kind]
    assert result["organisations"] == organisations


def test_blocks_fit_together(tmp_path, monkeypatch):
    monkeypatch.setattr(country, "BLOCK", 700)
    steps = []
    generate(
        organisations=2000, seed=1, out=tmp_path, progress=lambda done, everything: steps.append((done, everything))
    )
    assert steps == [(700, 2000), (1400, 2000), (2000, 2000)]
    organisations = pl.concat(part.good for part in read_table(tmp_path / "organisations.csv", "organisations"))
    assert organisations["key"].n_unique() == organisations["kvk"].n_unique() == 2000
    owned = pl.read_csv(tmp_path / "assets.csv").filter(pl.col("kind") == "network", pl.col("role") == "owner")
    assert owned["value"].n_unique() > 0.9 * len(owned)


def test_keys_of_other_files_stand_in_the_registry(tables):
    organisations, partners = set(tables["organisations"]["key"]), set(tables["partners"]["key"])
    for kind in ("contacts", "assets", "constituencies"):
        assert set(tables[kind]["organisation"]) <= organisations
    assert set(tables["partners"]["organisation"]) <= organisations
    assert set(tables["constituencies"]["partner"]) <= partners


def test_addresses_and_names_are_nobodys(tables):
    values = {kind: rows["value"].to_list() for (kind,), rows in tables["assets"].group_by("kind")}
    for text in values["network"]:
        first, last = ipaddress.ip_network(text)[0], ipaddress.ip_network(text)[-1]
        assert any(first in home and last in home for home in NOBODYS)
    hosts = values["domain"] + values["email_domain"] + tables["organisations"]["mail"].drop_nulls().to_list()
    hosts += tables["contacts"]["address"].to_list() + tables["partners"]["mail"].to_list()
    assert all(host.removesuffix("/schakel").endswith((".example", ".test")) for host in hosts)
    assert all(64496 <= int(text) <= 64511 for text in values["asn"])


def test_a_small_country_has_every_kind_of_partner_the_islands_and_the_unreachable(tables):
    organisations, partners = tables["organisations"], tables["partners"]
    least = {"csirt": 4, "isac": 2, "trade-association": 3, "regional": 2, "isp": 2, "msp": 2}
    assert all(Counter(partners["type"])[kind] >= count for kind, count in least.items())
    assert organisations["region"].n_unique() == 18
    assert {"nl", "en", "pap"} == set(organisations["language"])
    assert organisations["objects"].any()
    assert {"essential", "important", "none"} == set(organisations["nis2"])
    served = set(tables["constituencies"]["organisation"]) | set(tables["contacts"]["organisation"])
    alone = organisations.filter(~pl.col("key").is_in(list(served)))
    assert alone["mail"].null_count() > 0
    assert alone.filter("mail_verified").height > 0


def test_each_sector_has_one_designated_csirt(tables):
    designated = tables["designations"]
    assert designated["sector"].n_unique() == len(designated) == 18
    csirts = tables["partners"].filter(pl.col("type") == "csirt")["key"]
    assert set(designated["partner"]) <= set(csirts)


def test_networks_nest_and_are_shared(tables):
    networks = tables["assets"].filter(pl.col("kind") == "network")
    v4 = networks.filter(~pl.col("value").str.contains(":"), pl.col("role") == "owner")
    spans = [ipaddress.IPv4Network(text) for text in v4["value"]]
    large = [span for span in spans if span.prefixlen <= 26]
    assert any(small != wide and small.subnet_of(wide) for wide in large for small in spans)
    holders = v4.group_by("value").agg(pl.col("organisation").n_unique())
    assert (holders["organisation"] > 1).any()
    assert (networks["role"] == "operator").any()


def test_sizes_and_memberships_follow_the_figures(tmp_path):
    result = generate(organisations=50_000, seed=2, out=tmp_path)
    sizes = Counter(pl.read_csv(tmp_path / "organisations.csv", infer_schema=False)["size_class"])
    assert sizes["one"] / 50_000 == pytest.approx(1889860 / 2318555, abs=0.01)
    assert sizes["micro"] / 50_000 == pytest.approx(355865 / 2318555, abs=0.01)
    assert result["assets"] / 50_000 == pytest.approx(2.0, abs=0.15)
    assert result["constituencies"] / 50_000 == pytest.approx(2.0, abs=0.3)


def test_memberships_can_be_left_out_but_for_those_by_law(tmp_path):
    generate(organisations=3000, seed=2, out=tmp_path, memberships=0)
    partners = pl.read_csv(tmp_path / "partners.csv").filter(pl.col("type").is_in(["csirt", "isac"]))
    assert set(pl.read_csv(tmp_path / "constituencies.csv")["partner"]) <= set(partners["key"])


@pytest.mark.parametrize("organisations", [0, 1 << 25])
def test_a_country_without_names_is_refused(tmp_path, organisations):
    with pytest.raises(ValueError, match="organisations"):
        generate(organisations=organisations, seed=1, out=tmp_path)


@pytest.mark.parametrize("bits", [1, 5, 12])
def test_shuffling_loses_nobody(bits):
    numbers = np.arange(1 << bits, dtype=np.int64)
    assert sorted(shuffled(numbers, bits, seed=5).tolist()) == numbers.tolist()


def test_more_providers_than_documentation_numbers_have_private_ones():
    found = [assets.asn(place) for place in range(1200)]
    assert len(set(found)) == 1200
    assert all(64496 <= number <= 64511 or 64512 <= number <= 65534 or number >= 4200000000 for number in found)


def test_a_large_country_names_more_partners_and_places():
    plan = Plan(2_500_000, seed=1)
    assert len(plan.partner_types) == 1200
    word, place = plan.words_of(np.arange(5, dtype=np.int64))
    assert place is not None
    assert len(set(zip(word, place, strict=True))) == 5


def test_the_readme_counts_what_lies_beside_it(demo, tables):
    text = (demo / "README.txt").read_text(encoding="utf-8")
    assert all(f"{kind}.csv: {len(rows):,} rows" in text for kind, rows in tables.items())
