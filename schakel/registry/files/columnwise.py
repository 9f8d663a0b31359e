"""The way out of columns into plain Python, for the few values that need it, and steps that build on each other."""

from collections.abc import Callable

import polars as pl


def on_some(value: pl.Expr, chosen: pl.Expr, function: Callable[[str], str]) -> pl.Expr:
    """`function` on each distinct chosen value, null elsewhere; costs next to nothing where none is chosen."""

    def apply(values: pl.Series) -> pl.Series:
        distinct = values.drop_nulls().unique(maintain_order=True)
        results = pl.Series([function(text) for text in distinct.to_list()], dtype=pl.String)
        return values.replace_strict(distinct, results, default=None, return_dtype=pl.String)

    return pl.when(chosen).then(value).map_batches(apply, return_dtype=pl.String)


def in_steps(value: pl.Expr, **steps: pl.Expr) -> pl.Expr:
    """The last of some steps, each of which may name `value` and the steps before it.

    Written as one nested expression, a step would be computed anew at every place that uses it.
    """

    def apply(values: pl.Series) -> pl.Series:
        frame = values.alias("value").to_frame()
        for name, step in steps.items():
            frame = frame.with_columns(step.alias(name))
        return frame.to_series(-1)

    return value.map_batches(apply, return_dtype=pl.String)
