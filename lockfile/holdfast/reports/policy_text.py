"""What decides of a package, as text and as JSON.

requests 2.32.3 from pypi
  fails  minimum-release-age: 7 days (minimum-release-age of [policy] in holdfast.toml)
         released 2026-11-19T09:30:00Z, 47 hours ago
  holds  licenses: MIT, Apache-2.0 (holdfast.toml:31, until 2027-06-30: what we ship is closed)
         Apache-2.0
  -      sources: any (by default)
         from pypi
  ended  holdfast.toml:44, at 2026-06-30: the fix was needed at once
verdict: minimum-release-age does not hold
"""

from collections.abc import Iterable

from holdfast.model.policy import Rule
from holdfast.model.words import spell_pin
from holdfast.policy.explain import Explained
from holdfast.policy.rulings import Ruling
from holdfast.policy.words import where
from holdfast.reports.plain import plain
from holdfast.reports.port import SCHEMA

_MARKS = {True: "holds", False: "fails", None: "-"}
# What a key without a value means.
_SILENT = {
    "sources": "any",
    "require-signatures": "not asked for",
    "minimum-release-age": "none",
    "licenses": "any",
    "deny-permissions": "none",
    "privileged": "not listed",
    "max-depth": "none",
    "role": "none",
}


def render_text(explained: Iterable[Explained], path: str) -> str:
    """Return what holds for each pin, with a final newline; `path` names the configuration."""
    blocks = []
    for one in explained:
        lines = [f"{spell_pin(one.pin)} from {one.pin.source}"]
        for ruling in one.rulings:
            said = ruling.value or _SILENT.get(ruling.key, "none")
            mark = "?" if ruling.is_open else _MARKS[ruling.holds]
            lines.append(f"  {mark:<7}{ruling.key}: {said} ({_decider(ruling, path)})")
            lines.append(f"         {ruling.found}")
        lines += [f"  ended  {path}:{rule.line}, at {_date(rule.until)}: {rule.reason}" for rule in one.ended]
        lines.append(f"verdict: {_verdict(one)}")
        blocks.append("".join(plain(line) + "\n" for line in lines))
    return "\n".join(blocks)


def render_json(explained: Iterable[Explained], name: str, path: str) -> str:
    """Return the same as one JSON document."""
    from holdfast.reports.findings_json import write  # start-up: json is not needed for the text

    pins = [
        {
            "source": one.pin.source,
            "name": one.pin.name,
            "version": one.pin.version,
            "holds": None if one.holds and one.unknown else one.holds,
            "rulings": [_ruling(ruling) for ruling in one.rulings],
            "ended": [_rule(rule) for rule in one.ended],
        }
        for one in explained
    ]
    return write(
        {"version": SCHEMA, "command": "policy explain", "name": name, "configuration": path or None, "pins": pins}
    )


def _decider(ruling: Ruling, path: str) -> str:
    said = where(ruling, path)
    if ruling.rule is None:
        return said
    until = f", until {_date(ruling.rule.until)}" if ruling.rule.until else ""
    return f"{said}{until}: {ruling.rule.reason}"


def _verdict(one: Explained) -> str:
    failing = [ruling.key for ruling in one.rulings if ruling.holds is False]
    unknown = f"; not known: {', '.join(one.unknown)}" if one.unknown else ""
    if failing:
        return f"{', '.join(failing)} {'does' if len(failing) == 1 else 'do'} not hold{unknown}"
    return f"nothing that is known is against it{unknown}" if unknown else "nothing is against it"


def _date(instant: str) -> str:
    return instant.removesuffix("T00:00:00Z")


def _ruling(ruling: Ruling) -> dict[str, object]:
    return {
        "key": ruling.key,
        "value": ruling.value or None,
        "by": ruling.by,
        "rule": None if ruling.rule is None else _rule(ruling.rule),
        "found": ruling.found,
        "holds": ruling.holds,
    }


def _rule(rule: Rule) -> dict[str, object]:
    return {
        "line": rule.line,
        "packages": list(rule.packages),
        "reason": rule.reason,
        "until": rule.until or None,
    }
