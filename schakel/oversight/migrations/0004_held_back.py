"""Cells of coverage say how many may not be told; what was counted before knew of none."""

from django.db import migrations

CELLS = """
UPDATE oversight_coveragetable SET cells = coalesce((
    SELECT jsonb_agg({cell} ORDER BY at) FROM jsonb_array_elements(cells) WITH ORDINALITY AS one (cell, at)
), '[]')
"""
WITH, WITHOUT = CELLS.format(cell="jsonb_insert(cell, '{2}', '0')"), CELLS.format(cell="cell - 2")


class Migration(migrations.Migration):
    """Rewrites the cells: a few hundred small rows."""

    dependencies = [("oversight", "0003_advice")]
    operations = [migrations.RunSQL(WITH, WITHOUT)]
