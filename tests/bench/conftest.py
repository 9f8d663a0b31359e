"""The plain loop that the bench compares with is built by a C compiler; without one these tests are left out."""

import importlib.util

NEEDS_THE_LOOP = ["kernel.py", "test_kernel.py"]
HAS_THE_LOOP = importlib.util.find_spec("pytricia") is not None
collect_ignore = [] if HAS_THE_LOOP else NEEDS_THE_LOOP


def pytest_report_header():
    """Say what is left out."""
    return None if HAS_THE_LOOP else "left out: tests/bench/test_kernel.py, as pytricia needs a C compiler"
