"""Configuration against lock: is the lock made for what the project declares of targets and the like?

Knows the lock's `[scope]`. What the configuration leaves open is no drift: the lock keeps its choice.
"""

from holdfast.findings.finding import Finding, Place
from holdfast.model.lock import Lock
from holdfast_resolver.values.targets import Target
from holdfast_resolver.values.tuples import NamedTuple


class DeclaredScope(NamedTuple):
    """What manifest and configuration say of the scope; "" or () where they leave it to the lock."""

    requires_python: str | None = None  # of the manifest; "" = unconstrained, None = no manifest says it
    strategy: str = ""
    prereleases: str = ""
    targets: tuple[Target, ...] = ()
    node: str = ""  # the lowest that `engines` of package.json admits


def compare_scope(
    lock: Lock,
    declared: DeclaredScope,
    configuration_path: str = "pyproject.toml",
    lock_path: str = "holdfast.lock",
    npm_path: str = "package.json",
) -> tuple[Finding, ...]:
    """Return one `scope-changed` finding per field that differs, and one per target added or dropped."""
    scope = lock.scope
    changes = []
    rows = (
        ("requires-python", declared.requires_python, scope.requires_python),
        ("node", declared.node or None, scope.node),
        ("strategy", declared.strategy or None, scope.strategy),
        ("prereleases", declared.prereleases or None, scope.prereleases),
    )
    for field, wanted, locked in rows:
        if wanted is not None and _clauses(wanted) != _clauses(locked):
            path = npm_path if field == "node" else configuration_path
            changes.append((field, wanted or "no limit", locked or "no limit", path))
    if declared.targets and declared.targets != scope.targets:
        wanted_targets, locked_targets = set(declared.targets), set(scope.targets)
        changes.extend(
            ("targets", str(target), "not a target of the lock", configuration_path)
            for target in declared.targets
            if target not in locked_targets
        )
        changes.extend(
            ("targets", f"no target {target}", str(target), configuration_path)
            for target in scope.targets
            if target not in wanted_targets
        )
    return tuple([_finding(*row, lock_path) for row in changes])


def _finding(field: str, wanted: str, locked: str, path: str, lock_path: str) -> Finding:
    from holdfast.findings.codes import severity  # start-up: only when something is found

    return Finding(
        "scope-changed",
        severity("scope-changed"),
        field,
        f"{wanted} ({path})",
        f"{locked} ({lock_path})",
        hints=("holdfast lock",),
        place=Place(path),
    )


def _clauses(text: str) -> list[str]:
    return sorted(text.replace(" ", "").split(","))
