"""The reference's example runs as it stands."""

import re

from tests.conftest import ROOT


def test_the_example_in_the_reference_is_true():
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs/reference/matching.md").read_text(), re.DOTALL)
    exec(compile(example, "matching.md", "exec"), {})
