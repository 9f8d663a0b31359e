"""A report of a million rows passes in bounded memory; measured in a process of its own."""

import json
import subprocess
import sys

import pytest

# The peak is the process's own (proc(5), VmHWM): getrusage would count what its parent held when it was made.
SCRIPT = """
import json
from datetime import UTC, datetime
from schakel.intake.formats import ReadOptions, read

COLUMNS = ["timestamp", "ip", "protocol", "port", "hostname", "tag", "asn", "geo", *(f"more_{n}" for n in range(12))]
ROW = '"2026-01-15 00:00:00","192.0.2.1","tcp",443,"vpn.harbour.example","cve-2024-3400",64496,"NL"' + ',"some text"' * 12

class Report:
    def __init__(self):
        self._pieces = iter([",".join(COLUMNS).encode() + b"\\n", *[(ROW + "\\n").encode() * 20_000] * 50])
    def read(self, size, /):
        return next(self._pieces, b"")

options = ReadOptions(received_at=datetime.now(UTC))
rows = sum(batch.rows for batch in read(Report(), name="2026-01-15-scan_http_vulnerable-x.csv", options=options))
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM:"))
print(json.dumps([rows, int(peak.split()[1])]))
"""


@pytest.mark.slow
def test_a_million_rows_pass_in_bounded_memory():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    rows, kilobytes = json.loads(done.stdout)
    assert rows == 1_000_000
    assert kilobytes < 600 << 10
