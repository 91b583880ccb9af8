"""The difference of two locks as text and as JSON.

upgraded      flask 3.0.2 -> 3.0.3
              signed by pallets/flask (github:101/.github/workflows/publish.yaml), as before
              from: pyproject.toml -> flask 3.0.3
              released 2026-11-03, 18 days ago
              3 files changed, 1 added, 0 removed; +12 -3 lines (flask-3.0.3-py3-none-any.whl)
changed       click 8.1.8
              artifact-changed (alarm): click-8.1.8-py3-none-any.whl
                before: sha256:63c132...
                after: sha256:000000...
              from: pyproject.toml -> flask 3.0.3 -> click 8.1.8
added         itsdangerous 2.2.0
              from: pyproject.toml -> flask 3.0.3 -> itsdangerous 2.2.0
wish added    pypi:flask>=3.0.3 (pyproject.toml, project)
security      threshold: 2 -> 1

1 upgraded, 1 changed, 1 added
"""

from collections.abc import Mapping
from typing import TypeVar

from holdfast.model.difference import CLASSES, ArtifactChange, LockDifference, PinChange
from holdfast.model.lock import Pin
from holdfast.model.npm_changes import InstanceChange
from holdfast.model.release_facts import ReleaseFacts
from holdfast.model.signed_files import is_signed
from holdfast.reports.change_classes import lines_of, values_of
from holdfast.reports.plain import plain
from holdfast.reports.port import SCHEMA
from holdfast.reports.release_facts import facts_value, lines_of_facts
from holdfast_resolver.values.tuples import NamedTuple

_COLOURS = {"added": "32", "removed": "31", "upgraded": "36", "downgraded": "33", "changed": "1;97;41"}
Value = TypeVar("Value")
_WIDTH = 14  # of the first column
_INDENT = " " * _WIDTH


class Known(NamedTuple):
    """What is known besides the two locks; (source, name, version) are those of the new pin."""

    paths: Mapping[tuple[str, str, str], tuple[str, ...]] = {}
    facts: Mapping[tuple[str, str, str], ReleaseFacts] = {}
    security: tuple[str, ...] = ()  # what of the security configuration changed
    now: str = ""  # RFC 3339, UTC: for ages
    signing: frozenset[str] = frozenset()  # sources of which the lock has something signed


NOTHING = Known()
_NO_FACTS = ReleaseFacts()


def render_text(difference: LockDifference, colour: bool = False, known: Known = NOTHING) -> str:
    """Return the difference for people, with a final newline."""
    if difference.empty and not known.security:
        return "no difference\n"
    lines: list[str] = []
    for change in difference.pins:
        lines.extend(_pin_lines(change, colour, known))
    lines.extend(
        _row(f"wish {wish.kind}", f"{wish.requirement} ({wish.path}, {wish.part})") for wish in difference.inputs
    )
    lines.extend(_before_after(f"{field}", before, after) for field, before, after in difference.scope)
    lines.extend(_before_after(f"source {name}", before, after) for name, before, after in difference.sources)
    lines.extend(_row(f"place {one.kind}", _instance(one)) for one in difference.instances)
    lines.extend(_row("security", line) for line in known.security)
    lines.extend(("", closing_line(difference)))
    return "\n".join(lines) + "\n"


def closing_line(difference: LockDifference) -> str:
    """`2 added, 1 upgraded`; "no pin changed" where only wishes or the scope differ."""
    kinds = [change.kind for change in difference.pins]
    return ", ".join(f"{kinds.count(kind)} {kind}" for kind in CLASSES if kind in kinds) or "no pin changed"


def render_json(difference: LockDifference, known: Known = NOTHING) -> str:
    """Return the difference as one JSON document; its keys are documented in `docs/findings.md`."""
    from holdfast.reports.findings_json import write  # start-up: json is not needed for the text

    kinds = [change.kind for change in difference.pins]
    return write(
        {
            "version": SCHEMA,
            "pins": [_pin_value(change, known) for change in difference.pins],
            "inputs": [
                {"kind": one.kind, "path": one.path, "part": one.part, "requirement": str(one.requirement)}
                for one in difference.inputs
            ],
            "scope": [{"field": field, "before": old, "after": new} for field, old, new in difference.scope],
            "sources": [{"name": name, "before": old, "after": new} for name, old, new in difference.sources],
            "instances": [
                {
                    "kind": one.kind,
                    "source": one.source,
                    "name": one.name,
                    "version": one.version,
                    "number": one.number,
                    "for": list(one.dependents),
                }
                for one in difference.instances
            ],
            "security": list(known.security),
            "summary": {kind: kinds.count(kind) for kind in CLASSES},
        }
    )


def _instance(one: InstanceChange) -> str:
    """`use-it 1.0.0#2 (for npm:b 1.0.0)`"""
    return f"{one.name} {one.version}#{one.number} (for {', '.join(one.dependents)})"


def _row(label: str, text: str) -> str:
    return f"{plain(label):<{_WIDTH - 1}} {plain(text)}"


def _before_after(label: str, before: str, after: str) -> str:
    return _row(label, f"{before or 'none'} -> {after or 'none'}")


def _pin_lines(change: PinChange, colour: bool, known: Known) -> list[str]:
    source = f" (from {change.source})" if change.source != "pypi" else ""
    versions = " -> ".join(dict.fromkeys([pin.version for pin in (change.before, change.after) if pin is not None]))
    line = _row(change.kind, f"{change.name} {versions}{source}")
    if colour:
        line = f"\x1b[{_COLOURS[change.kind]}m{change.kind}\x1b[0m" + line[len(change.kind) :]
    lines = [line]
    for artifact in change.artifacts:
        lines.extend(_artifact_lines(artifact))
    lines.extend(f"{_INDENT}{line}" for line in lines_of(change.classes))
    if change.kind == "added" and change.source in known.signing and change.after and not is_signed(change.after):
        lines.append(f"{_INDENT}not signed")
    path = _of(change, known.paths, ())
    if path:
        lines.append(f"{_INDENT}from: {plain(' -> '.join(path))}")
    facts = _of(change, known.facts, _NO_FACTS)
    if change.kind in ("added", "changed"):  # these say which files came already, or need not
        facts = facts._replace(files_added=(), files_removed=())
    lines.extend(f"{_INDENT}{line}" for line in lines_of_facts(facts, known.now))
    if change.kind != "changed" and _installs(change.after) and not _installs(change.before):
        lines.append(f"{_INDENT}runs a program of its own when it is installed")
    if change.fields:
        lines.append(f"{_INDENT}also changed: {', '.join(change.fields)}")
    return lines


def _installs(pin: Pin | None) -> bool:
    return pin is not None and pin.npm is not None and pin.npm.install_script


def _artifact_lines(artifact: ArtifactChange) -> list[str]:
    if artifact.kind != "hash-changed":
        return [f"{_INDENT}file {artifact.kind}: {plain(artifact.file)}"]
    return [
        f"{_INDENT}artifact-changed (alarm): {plain(artifact.file)}",
        f"{_INDENT}  before: {plain(artifact.before)}",
        f"{_INDENT}  after: {plain(artifact.after)}",
    ]


def _of(change: PinChange, known: Mapping[tuple[str, str, str], Value], default: Value) -> Value:
    after = change.after
    return default if after is None else known.get((after.source, after.name, after.version), default)


def _pin_value(change: PinChange, known: Known) -> dict[str, object]:
    return {
        "kind": change.kind,
        "source": change.source,
        "name": change.name,
        "before": change.before.version if change.before else None,
        "after": change.after.version if change.after else None,
        "artifacts": [
            {"kind": one.kind, "file": one.file, "before": one.before or None, "after": one.after or None}
            for one in change.artifacts
        ],
        "signers_lost": list(change.signers_lost),
        "signers_gained": list(change.signers_gained),
        "fields": list(change.fields),
        "classes": values_of(change.classes),
        "path": list(_of(change, known.paths, ())),
        **facts_value(_of(change, known.facts, _NO_FACTS), known.now),
    }
