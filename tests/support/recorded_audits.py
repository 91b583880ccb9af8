"""The audit of a real project (176 packages: a notebook server, web frameworks, data tools), kept as it was recorded.

`fixtures/audit/notebook-web-data.json` is the report of `holdfast audit --format json`, reduced: what a report says
twice is left out, and a package that is spoken of is its number. Make it anew, in a project whose archives are in the
store, with

    holdfast audit --format json -o REPORT
    python -m tests.support.recorded_audits REPORT
"""

import json
import sys
from pathlib import Path
from typing import Any

from holdfast.findings.finding import NOWHERE, Finding, Place
from holdfast.model.audit import Audit, Edge, PackageRisk, Reach, Row, SignerRisk, Whole

FILE = Path(__file__).parents[2] / "fixtures" / "audit" / "notebook-web-data.json"
_ONE = ("dominator", "origin", "target", "package")  # keys whose value is an id
_MANY = ("path", "inherited_path")


def recorded_audit() -> Audit:
    """Return it as a value."""
    kept = json.loads(FILE.read_text("utf-8"))
    ids = [package["id"] for package in kept["packages"]]
    packages = [PackageRisk(**_frozen({**_named(one, ids), "rows": _rows(one["rows"])})) for one in kept["packages"]]
    whole = kept["whole"]
    return Audit(
        Whole(
            **_frozen({**whole, "rows": _rows(whole["rows"]), "cycles": [tuple(cycle) for cycle in whole["cycles"]]})
        ),
        tuple(packages),
        tuple(Edge(**_named(one, ids)) for one in kept["edges"]),
        tuple(SignerRisk(**_frozen(one)) for one in kept["signers"]),
        tuple(Reach(**_frozen(_named(one, ids))) for one in kept["reaches"]),
        tuple(_finding(one) for one in kept["findings"]),
        tuple(kept["asked"]),
        kept["advisories-age"],
    )


def reduced(report: dict[str, Any]) -> str:
    """Return the fixture that a report makes: one package, edge, way or finding on each line."""
    numbers = {package["id"]: number for number, package in enumerate(report["packages"])}
    parts = [f'"{key}": {_line(report[key])}' for key in ("whole", "asked", "advisories-age")]
    for key in ("packages", "edges", "signers", "reaches", "findings"):
        rows = report[key] if key == "findings" else [_numbered(one, numbers) for one in report[key]]
        parts.append(f'"{key}": [\n' + ",\n".join(_line(one) for one in rows) + "\n]")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _line(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _numbered(row: dict[str, Any], numbers: dict[str, int]) -> dict[str, Any]:
    made = dict(row)
    for key in _ONE:
        if made.get(key):
            made[key] = numbers[made[key]]
    for key in _MANY:
        if key in made:
            made[key] = [numbers[step] for step in made[key]]
    return made


def _named(row: dict[str, Any], ids: list[str]) -> dict[str, Any]:
    made = dict(row)
    for key in _ONE:
        if isinstance(made.get(key), int):
            made[key] = ids[made[key]]
    for key in _MANY:
        if key in made:
            made[key] = tuple(ids[step] for step in made[key])
    return made


def _frozen(row: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}


def _rows(rows: list[dict[str, Any]]) -> tuple[Row, ...]:
    return tuple(Row(**row) for row in rows)


def _finding(row: dict[str, Any]) -> Finding:
    place = Place(row["place"]["path"], row["place"]["line"] or 0) if row["place"] else NOWHERE
    facts = tuple((fact["name"], fact["value"]) for fact in row["facts"])
    return Finding(**{**_frozen(row), "facts": facts, "place": place})


if __name__ == "__main__":
    FILE.write_text(reduced(json.loads(Path(sys.argv[1]).read_text("utf-8"))), encoding="utf-8")
