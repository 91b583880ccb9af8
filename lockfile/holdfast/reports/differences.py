"""The difference of two locks as text and as JSON.

upgraded    flask 3.0.2 -> 3.0.3
changed     click 8.1.8
            artifact-changed (alarm): click-8.1.8-py3-none-any.whl
              before: sha256:63c132...
              after: sha256:000000...
added       itsdangerous 2.2.0
              from: pyproject.toml -> flask 3.0.3 -> itsdangerous 2.2.0
wish added  pypi:flask>=3.0.3 (pyproject.toml, project)

1 upgraded, 1 changed, 1 added
"""

from collections.abc import Mapping

from holdfast.model.difference import CLASSES, ArtifactChange, LockDifference, PinChange
from holdfast.reports.change_classes import lines_of, values_of
from holdfast.reports.plain import plain
from holdfast.reports.port import SCHEMA

_COLOURS = {"added": "32", "removed": "31", "upgraded": "36", "downgraded": "33", "changed": "1;97;41"}
_WIDTH = 14  # of the first column
_INDENT = " " * _WIDTH

# (source, name, version) of an added pin -> the spelled path that leads to it
Paths = Mapping[tuple[str, str, str], tuple[str, ...]]
_NO_PATHS: Paths = {}


def render_text(difference: LockDifference, colour: bool = False, paths: Paths = _NO_PATHS) -> str:
    """Return the difference for people, with a final newline; `paths` say why a pin was added."""
    if difference.empty:
        return "no difference\n"
    lines: list[str] = []
    for change in difference.pins:
        lines.extend(_pin_lines(change, colour, paths))
    lines.extend(
        _row(f"wish {wish.kind}", f"{wish.requirement} ({wish.path}, {wish.part})") for wish in difference.inputs
    )
    lines.extend(_before_after(f"{field}", before, after) for field, before, after in difference.scope)
    lines.extend(_before_after(f"source {name}", before, after) for name, before, after in difference.sources)
    lines.extend(("", closing_line(difference)))
    return "\n".join(lines) + "\n"


def closing_line(difference: LockDifference) -> str:
    """`2 added, 1 upgraded`; "no pin changed" where only wishes or the scope differ."""
    kinds = [change.kind for change in difference.pins]
    return ", ".join(f"{kinds.count(kind)} {kind}" for kind in CLASSES if kind in kinds) or "no pin changed"


def render_json(difference: LockDifference, paths: Paths = _NO_PATHS) -> str:
    """Return the difference as one JSON document; its keys are documented in `docs/findings.md`."""
    from holdfast.reports.findings_json import write  # start-up: json is not needed for the text

    kinds = [change.kind for change in difference.pins]
    return write(
        {
            "version": SCHEMA,
            "pins": [_pin_value(change, paths) for change in difference.pins],
            "inputs": [
                {"kind": one.kind, "path": one.path, "part": one.part, "requirement": str(one.requirement)}
                for one in difference.inputs
            ],
            "scope": [{"field": field, "before": old, "after": new} for field, old, new in difference.scope],
            "sources": [{"name": name, "before": old, "after": new} for name, old, new in difference.sources],
            "summary": {kind: kinds.count(kind) for kind in CLASSES},
        }
    )


def _row(label: str, text: str) -> str:
    return f"{plain(label):<{_WIDTH - 1}} {plain(text)}"


def _before_after(label: str, before: str, after: str) -> str:
    return _row(label, f"{before or 'none'} -> {after or 'none'}")


def _pin_lines(change: PinChange, colour: bool, paths: Paths) -> list[str]:
    source = f" (from {change.source})" if change.source != "pypi" else ""
    versions = " -> ".join(dict.fromkeys([pin.version for pin in (change.before, change.after) if pin is not None]))
    line = _row(change.kind, f"{change.name} {versions}{source}")
    if colour:
        line = f"\x1b[{_COLOURS[change.kind]}m{change.kind}\x1b[0m" + line[len(change.kind) :]
    lines = [line]
    path = _path_of(change, paths)
    if path:
        lines.append(f"{_INDENT}from: {plain(' -> '.join(path))}")
    for artifact in change.artifacts:
        lines.extend(_artifact_lines(artifact))
    lines.extend(f"{_INDENT}{line}" for line in lines_of(change.classes))
    if change.fields:
        lines.append(f"{_INDENT}also changed: {', '.join(change.fields)}")
    return lines


def _artifact_lines(artifact: ArtifactChange) -> list[str]:
    if artifact.kind != "hash-changed":
        return [f"{_INDENT}file {artifact.kind}: {plain(artifact.file)}"]
    return [
        f"{_INDENT}artifact-changed (alarm): {plain(artifact.file)}",
        f"{_INDENT}  before: {plain(artifact.before)}",
        f"{_INDENT}  after: {plain(artifact.after)}",
    ]


def _path_of(change: PinChange, paths: Paths) -> tuple[str, ...]:
    return paths.get((change.source, change.name, change.after.version), ()) if change.after else ()


def _pin_value(change: PinChange, paths: Paths) -> dict[str, object]:
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
        "path": list(_path_of(change, paths)),
    }
