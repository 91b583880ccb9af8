"""The bound on what one artifact's scan may hold: so many pieces of evidence for each rule, the earliest moments first.

What is beyond is counted in `omitted`. Also joins the scans of an artifact's files into one.
"""

from collections.abc import Iterable

from holdfast.model.scan import MOMENTS, Evidence, Imported, Scan
from holdfast.risk.words import words

MOST_OF_A_RULE = 50
_BESIDE = frozenset(words("test tests testing doc docs example examples sample samples demo demos bench benchmarks"))


def is_beside(path: str) -> bool:
    """Whether a file is a test, an example or the like."""
    *folders, file = path.lower().split("/")
    return any(folder in _BESIDE for folder in folders) or file.startswith(("test_", "conftest."))


def together(
    scans: Iterable[Scan], provides: Iterable[str] = (), licence: str = "", most: int = MOST_OF_A_RULE
) -> Scan:
    """Join the scans of an artifact's files. Of each imported name the first place at the earliest moment stays."""
    every = list(scans)
    kept, omitted = _bounded({one for scan in every for one in scan.evidence}, most)
    own = set(provides)
    imports: dict[str, Imported] = {}
    for one in sorted([one for scan in every for one in scan.imports], key=_order_of_import):
        if not _is_own(one.name, own):
            imports.setdefault(one.name, one)
    return Scan(
        tuple(sorted(kept)),
        tuple(sorted(imports.values())),
        tuple(sorted(own | {name for scan in every for name in scan.provides})),
        tuple(sorted({one for scan in every for one in scan.unread})),
        sum([scan.files for scan in every]),
        sum([scan.size for scan in every]),
        licence,
        sum([scan.omitted for scan in every]) + omitted,
        tuple(sorted({one for scan in every for one in scan.wishes})),
    )


def _bounded(evidence: set[Evidence], most: int) -> tuple[list[Evidence], int]:
    counts: dict[str, int] = {}
    kept: list[Evidence] = []
    for one in sorted(evidence, key=_order):
        counts[one.rule] = counts.get(one.rule, 0) + 1
        if counts[one.rule] <= most:
            kept.append(one)
    return kept, len(evidence) - len(kept)


def _order(one: Evidence) -> tuple[int, bool, Evidence]:
    return MOMENTS.index(one.moment), is_beside(one.path), one


def _order_of_import(one: Imported) -> tuple[int, bool, str, int]:
    return MOMENTS.index(one.moment), is_beside(one.path), one.path, one.line


def _is_own(name: str, own: set[str]) -> bool:
    at = len(name)
    while at > 0:
        if name[:at] in own:
            return True
        at = name.rfind(".", 0, at)
    return False
