"""Severity from CVSS vectors: base scores of version 2 and 3 computed here, of version 4 by a library where it is.

    CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H -> 9.8, critical

Only base metrics count; a vector that lacks one, or has another value, has no score.
Specifications: CVSS v2 section 3.2.1; CVSS v3.1 sections 7.1 and Appendix A ("Roundup"); CVSS v4.0 section 8.
"""

from math import floor

WORDS = ("unknown", "none", "low", "medium", "high", "critical")  # ascending; unknown is not known to be low

_V2 = {
    "AV": {"L": 0.395, "A": 0.646, "N": 1.0},
    "AC": {"H": 0.35, "M": 0.61, "L": 0.71},
    "Au": {"M": 0.45, "S": 0.56, "N": 0.704},
    "C": {"N": 0.0, "P": 0.275, "C": 0.66},
    "I": {"N": 0.0, "P": 0.275, "C": 0.66},
    "A": {"N": 0.0, "P": 0.275, "C": 0.66},
}
_V3 = {
    "AV": {"N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2},
    "AC": {"L": 0.77, "H": 0.44},
    "PR": {"N": 0.85, "L": 0.62, "H": 0.27},
    "UI": {"N": 0.85, "R": 0.62},
    "S": {"U": 0.0, "C": 1.0},
    "C": {"H": 0.56, "L": 0.22, "N": 0.0},
    "I": {"H": 0.56, "L": 0.22, "N": 0.0},
    "A": {"H": 0.56, "L": 0.22, "N": 0.0},
}
_PR_CHANGED = {"N": 0.85, "L": 0.68, "H": 0.5}  # privileges weigh more where the scope changes
_BEGINNINGS = ("CVSS:3.1/", "CVSS:3.0/")
_BOUNDS = ((9.0, "critical"), (7.0, "high"), (4.0, "medium"), (0.1, "low"), (0.0, "none"))


def strongest(severity: tuple[tuple[str, str], ...]) -> tuple[float, str, int] | None:
    """Return (score, vector, CVSS version) of an advisory's vectors; None where none of them has a score.

    Version 3 speaks before 4 and 4 before 2, so that a score does not depend on whether the library for 4 is there
    where 3 stands beside it. Of one version the highest score is taken.
    """
    found: dict[int, tuple[float, str, int]] = {}
    for _, vector in severity:
        scored = base_score(vector)
        if scored is not None:
            score, version = scored
            found[version] = max(found.get(version, (0.0, "", version)), (score, vector, version))
    return next((found[version] for version in (3, 4, 2) if version in found), None)


def base_score(vector: str) -> tuple[float, int] | None:
    """Return (base score, CVSS version) of a vector; None for what is none, and for version 4 without its library."""
    if vector.startswith("CVSS:4"):
        score = _v4(vector)
        return None if score is None else (score, 4)
    for beginning in _BEGINNINGS:
        if vector.startswith(beginning):
            metrics = _metrics(vector.removeprefix(beginning), _V3)
            return None if metrics is None else (_v3(metrics), 3)
    metrics = _metrics(vector.strip("()"), _V2)
    return None if metrics is None else (_v2(metrics), 2)


def word_of(score: float, version: int = 3) -> str:
    """Return the qualitative severity of a score; version 2 knows neither "none" nor "critical"."""
    if version == 2:
        return "high" if score >= 7.0 else "medium" if score >= 4.0 else "low"
    return next(word for bound, word in _BOUNDS if score >= bound)


def _metrics(text: str, table: dict[str, dict[str, float]]) -> dict[str, str] | None:
    """Take the base metrics; others (temporal, environmental) are passed over, one that stands twice is a fault."""
    found: dict[str, str] = {}
    for part in text.split("/"):
        name, _, value = part.partition(":")
        if name in table:
            if name in found or value not in table[name]:
                return None
            found[name] = value
    return found if len(found) == len(table) else None


def _v2(metrics: dict[str, str]) -> float:
    weight = {name: _V2[name][value] for name, value in metrics.items()}
    impact = 10.41 * (1 - (1 - weight["C"]) * (1 - weight["I"]) * (1 - weight["A"]))
    exploitability = 20 * weight["AC"] * weight["Au"] * weight["AV"]
    factor = 1.176 if impact else 0.0
    return floor((0.6 * impact + 0.4 * exploitability - 1.5) * factor * 10 + 0.5 + 1e-9) / 10


def _v3(metrics: dict[str, str]) -> float:
    weight = {name: _V3[name][value] for name, value in metrics.items()}
    is_changed = metrics["S"] == "C"
    privileges = _PR_CHANGED[metrics["PR"]] if is_changed else weight["PR"]
    impact = 1 - (1 - weight["C"]) * (1 - weight["I"]) * (1 - weight["A"])
    if is_changed:
        weighed = 7.52 * (impact - 0.029) - 3.25 * (impact - 0.02) ** 15
    else:
        weighed = 6.42 * impact
    if weighed <= 0:
        return 0.0
    whole = weighed + 8.22 * weight["AV"] * weight["AC"] * privileges * weight["UI"]
    return _roundup(min(1.08 * whole if is_changed else whole, 10.0))


def _roundup(number: float) -> float:
    """The smallest number with one decimal that is not below `number`, untouched by how floats are stored."""
    whole = round(number * 100_000)
    return whole / 100_000 if whole % 10_000 == 0 else (whole // 10_000 + 1) / 10


def _v4(vector: str) -> float | None:
    try:
        from cvss import CVSS4  # optional: its scores stand in a table of 270 rows
        from cvss.exceptions import CVSS4Error
    except ImportError:
        return None
    try:
        return float(CVSS4(vector).base_score)
    except CVSS4Error:
        return None
