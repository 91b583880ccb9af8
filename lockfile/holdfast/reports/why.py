"""Why a package is in the lock: the paths that lead to it from the manifest, shortest first.

click 8.1.8
  signed by pallets/click (github:101/.github/workflows/publish.yaml)
  pyproject.toml wishes flask>=3.0
    flask 3.0.3 requires click>=8.1.3
  pyproject.toml (group test) wishes black>=24
    black 24.10.0 requires click>=8.0.0 (on cp311 windows-x86_64)

That a package is unsigned is said where the lock knows any signer at all.
"""

from holdfast.model.graph import LockGraph
from holdfast.model.lock import Pin
from holdfast.model.paths import Path, Step, paths_to
from holdfast.model.words import is_named, spell_part, spell_pin, targets_in_words
from holdfast.reports.plain import plain
from holdfast.reports.port import SCHEMA
from holdfast.reports.standings import full_names, signers_in_json, signers_in_words
from holdfast.reports.tree import identity, target_names

PATHS = 10  # shown of each pin, unless more are asked for


def render_text(graph: LockGraph, name: str, limit: int = PATHS) -> str:
    """Return the paths to every pin of a normalised name; "" when the lock has no pin of it."""
    lines: list[str] = []
    for index in pins_of(graph, name):
        pin = graph.lock.packages[index]
        lines.append(plain(spell_pin(pin)))
        lines.extend(_signed_lines(graph, pin))
        paths = list(paths_to(graph, frozenset((index,)), limit + 1))
        for path in paths[:limit]:
            lines.extend(_path_lines(graph, path))
        if not paths:
            lines.append("  nothing leads to it")
        if len(paths) > limit:
            lines.append(f"  and more paths than {limit}")
    return "\n".join(lines) + "\n" if lines else ""


def render_json(graph: LockGraph, name: str, limit: int = PATHS) -> str:
    """Return the paths to every pin of a normalised name as one JSON document."""
    from holdfast.reports.findings_json import write  # start-up: json is not needed for the text

    pins: list[dict[str, object]] = []
    for index in pins_of(graph, name):
        paths = list(paths_to(graph, frozenset((index,)), limit + 1))
        values = [_path_value(graph, path) for path in paths[:limit]]
        pins.append(
            {
                "id": identity(graph, index),
                **signers_in_json(graph.lock.packages[index], graph.lock),
                "paths": values,
                "complete": len(paths) <= limit,
            }
        )
    return write({"version": SCHEMA, "name": name, "pins": pins})


def pins_of(graph: LockGraph, name: str) -> list[int]:
    """The places of all pins of a name, from whatever source unless the name says one: `npm:click`."""
    return [index for index, pin in enumerate(graph.lock.packages) if is_named(pin, (name,))]


def _signed_lines(graph: LockGraph, pin: Pin) -> list[str]:
    if not graph.lock.signers:
        return []
    names = full_names(graph.lock)
    said = signers_in_words(pin, names)
    vetted = [names.get(one, one) for one in pin.module.vetted] if pin.module is not None else []
    more = f"; vetted by {' and '.join(vetted)}" if vetted else ""
    return [plain(f"  signed by {said}{more}" if said else f"  unsigned{more}")]


def _path_lines(graph: LockGraph, path: Path) -> list[str]:
    lines = []
    for depth, step in enumerate(path.steps):
        who = spell_pin(graph.lock.packages[path.steps[depth - 1].pin]) if depth else spell_part(path.part)
        verb = "requires" if depth else "wishes"
        where = targets_in_words(graph.grid, path.mask) if depth == len(path.steps) - 1 else ""
        on = f" (on {where})" if where else ""
        lines.append(plain(f"{'  ' * (depth + 1)}{who} {verb} {step.edge.requirement.without_source()}{on}"))
    return lines


def _path_value(graph: LockGraph, path: Path) -> dict[str, object]:
    return {
        "part": spell_part(path.part),
        "steps": [_step_value(graph, step) for step in path.steps],
        "targets": target_names(graph, path.mask),
    }


def _step_value(graph: LockGraph, step: Step) -> dict[str, object]:
    return {"requirement": str(step.edge.requirement), "to": identity(graph, step.pin)}
