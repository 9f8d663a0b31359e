"""How alike two names are, for many at once. Columns in, columns out; no database.

Names are compared in a plain form: small letters without accents, signs and legal forms. Those of a large registry are
only compared with names that begin or end alike once their words are sorted: a slip of the pen seldom spoils both ends.
"""

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process

LEGAL_FORMS = (
    "bv", "nv", "vof", "cv", "ua", "ba", "eenmanszaak", "maatschap", "stichting", "vereniging", "cooperatie",
    "holding", "groep", "the", "de", "het", "een", "ltd", "inc", "gmbh",
)  # fmt: skip
END = 5
"""So many signs at either end must be the same for two names of a large registry to be compared."""
ENDS = "head", "tail"
ROWS_AT_ONCE = 256
PAIRS = {"left": pl.Int64, "right": pl.Int64, "score": pl.Int16}


def plain(name: pl.Expr) -> pl.Expr:
    """A name without accents, signs, legal forms and articles; never empty where the name is not."""
    letters = name.str.to_lowercase().str.normalize("NFKD").str.replace_all(r"[\p{M}.'`\x{2019}]", "")
    words = letters.str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars()
    forms = rf"(?-u:\b)(?:{'|'.join(LEGAL_FORMS)})(?-u:\b)"  # Plain letters by now; twice as fast as any script's.
    bare = words.str.replace_all(forms, "").str.replace_all(r" +", " ").str.strip_chars()
    return pl.when(bare == "").then(words).otherwise(bare)


def alike(left: pl.DataFrame, right: pl.DataFrame, *, cutoff: int) -> pl.DataFrame:
    """Each pair of `left` and `right` whose names are alike, as columns `left`, `right` (ids) and `score`.

    Both have the columns `id` and `name`. The score runs to 100; the order of words does not count. A row is no pair
    with itself, and each pair stands once.
    """
    return once(_scored(keyed(left), keyed(right), cutoff))


def alike_in_blocks(left: pl.DataFrame, right: pl.DataFrame, *, cutoff: int) -> pl.DataFrame:
    """As `alike`, but only for names that begin or end with the same signs: for a right side of millions."""
    ours, theirs = keyed(left), keyed(right)
    return once(pl.concat(alike_at(ours, theirs, end, cutoff=cutoff) for end in ENDS))


def keyed(names: pl.DataFrame) -> pl.DataFrame:
    """The rows with the plain form in place of `name`, and by what a like one is found: `head`, `tail`, `length`."""
    joined = pl.col("plain").str.split(" ").list.sort().list.join("")
    ends = {"head": joined.str.head(END), "tail": joined.str.tail(END), "length": pl.col("plain").str.len_chars()}
    plain_ones = names.lazy().select(pl.exclude("name"), plain=plain(pl.col("name")))
    return plain_ones.with_columns(**ends).collect()


def alike_at(ours: pl.DataFrame, theirs: pl.DataFrame, end: str, *, cutoff: int) -> pl.DataFrame:
    """Each pair that is alike and shares that end; both as `keyed` makes them. A pair may stand twice."""
    parts = [pl.DataFrame(schema=PAIRS)]
    blocks = theirs.join(ours.select(end), on=end, how="semi").partition_by(end, as_dict=True)
    for (block,), rows in ours.partition_by(end, as_dict=True).items():
        if (block,) in blocks:
            parts.append(_scored(rows, blocks[block,], cutoff))
    return pl.concat(parts)


def lengths(ours: pl.DataFrame, end: str, *, cutoff: int) -> pl.DataFrame:
    """For each end of a name how long one that is alike can be: the columns `least` and `most` beside the end's.

    Of a score of 100 goes what one name has that the other lacks, as a share of the signs of both.
    """
    least, most = cutoff / (200 - cutoff), (200 - cutoff) / cutoff
    return ours.group_by(end).agg(
        least=(pl.col("length").min() * least).floor().cast(pl.Int32),
        most=(pl.col("length").max() * most).ceil().cast(pl.Int32),
    )


def _scored(left: pl.DataFrame, right: pl.DataFrame, cutoff: int) -> pl.DataFrame:
    """The pairs above the cutoff, some rows at a time, so that memory stays bounded."""
    names, ids = right.get_column("plain").to_list(), right.get_column("id").to_numpy()
    parts = [pl.DataFrame(schema=PAIRS)]
    for rows in left.iter_slices(ROWS_AT_ONCE):
        scores = process.cdist(
            rows.get_column("plain").to_list(),
            names,
            scorer=fuzz.token_sort_ratio,
            score_cutoff=cutoff,
            dtype=np.uint8,
        )
        mine, theirs = np.nonzero(scores)
        pairs = {"left": rows.get_column("id").to_numpy()[mine], "right": ids[theirs], "score": scores[mine, theirs]}
        parts.append(pl.DataFrame(pairs).cast(PAIRS))  # type: ignore[arg-type]
    return pl.concat(parts)


def once(pairs: pl.DataFrame) -> pl.DataFrame:
    """Each pair once, the smaller number first, the likest pair first; nobody is a pair with itself."""
    first, second = pl.min_horizontal("left", "right"), pl.max_horizontal("left", "right")
    two = pairs.filter(pl.col("left") != pl.col("right")).select(left=first, right=second, score="score")
    return two.unique(subset=["left", "right"]).sort("score", "left", "right", descending=[True, False, False])
