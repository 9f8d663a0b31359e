"""X-ARF, the abuse reports that machines send each other: version 4, and version 3 which is still about."""
