"""What is said of a finding code: one row of the table in `codes.py`."""

from holdfast_resolver.values.tuples import NamedTuple


class Code(NamedTuple):
    """One row. `meaning` and `remedy` are sentences; `example` is a text report of one such finding."""

    severity: str  # the usual one: "note" | "warning" | "error" | "alarm"
    meaning: str
    remedy: str
    example: str
