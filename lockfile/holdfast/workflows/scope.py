"""What a lock is made for: the wishes, and the targets that are declared, kept or chosen.

Knows no index: whether a newest Python is ready is found out by resolving (`Request.on_trial`).
"""

from __future__ import annotations

from holdfast.configuration.configuration import Configuration
from holdfast.drift.scope import DeclaredScope
from holdfast.errors import ConfigurationError
from holdfast.model.lock import Lock
from holdfast_resolver.values.targets import DEFAULT_PLATFORMS, Target, default_floor
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.values.wishes import Manifest, Wish
from holdfast_resolver.versions.grid import Grid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from holdfast_resolver.values.npm import NpmManifest


class ChosenTargets(NamedTuple):
    """The targets, sorted as the lock sorts them but for those on trial, which come last."""

    targets: tuple[Target, ...]
    on_trial: int = 0  # of the newest minor, left out unless it is ready


def all_wishes(manifest: Manifest, configuration: Configuration) -> tuple[Wish, ...]:
    """Return every wish that a lock answers, constraints, overrides and modules included."""
    return manifest.wishes + configuration.constraints + configuration.overrides + configuration.modules


def declared_scope(
    manifest: Manifest, configuration: Configuration, lock: Lock, npm: tuple[NpmManifest, ...] = ()
) -> DeclaredScope:
    """Return what manifests and configuration say of the scope; what they leave open is as the lock has it."""
    return DeclaredScope(
        manifest.requires_python,
        configuration.strategy,
        configuration.prereleases,
        _declared(configuration, tuple(dict.fromkeys(target.python for target in lock.scope.targets))),
        declared_node(npm),
    )


def declared_node(manifests: tuple[NpmManifest, ...]) -> str:
    """Return the lowest Node that the first of these manifests admits, "" where it names none."""
    if not manifests or not any(name == "node" for name, _ in manifests[0].engines):
        return ""
    from holdfast_resolver.resolve.npm_engines import lowest_engines  # start-up: only where there are engines

    return dict(lowest_engines(manifests[0].engines)).get("node", "")


def choose_targets(
    manifest: Manifest, configuration: Configuration, lock: Lock | None, today: str, *, no_python: bool = False
) -> ChosenTargets:
    """Return the targets to lock for; `today` (RFC 3339 date) counts only where nothing else decides.

    A project that asks for modules only, or has only a package.json (`no_python`), has no targets.
    Raises `ConfigurationError` when requires-python leaves none.
    """
    if (
        (configuration.modules or no_python)
        and not manifest.wishes
        and not configuration.pythons
        and not configuration.platforms
    ):
        return ChosenTargets(())
    pythons: tuple[tuple[int, int], ...] = ()
    if lock is not None:
        admitted = Grid(lock.scope.targets).admits_some(manifest.requires_python)
        kept = tuple(target for place, target in enumerate(lock.scope.targets) if admitted >> place & 1)
        pythons = tuple(dict.fromkeys(target.python for target in kept))
        if kept and not configuration.pythons and not configuration.platforms:
            return ChosenTargets(kept)
    if configuration.pythons or pythons:
        return ChosenTargets(_sorted(_declared(configuration, pythons)))
    # start-up: only for a first lock
    from holdfast_resolver.versions.pythons import default_targets

    chosen = default_targets(manifest.requires_python, today)
    if not chosen:
        raise ConfigurationError(
            manifest.path,
            "a requires-python that admits a released CPython, or [targets] in the configuration",
            manifest.requires_python or "no requires-python",
            hint='declare the Pythons: [tool.holdfast.targets] with python = ["3.12"]',
        )
    pythons = tuple(dict.fromkeys(target.python for target in chosen))
    targets = _declared(configuration, pythons) if configuration.platforms else chosen
    newest = max(pythons)
    older = _sorted(tuple(target for target in targets if target.python != newest))
    trial = _sorted(tuple(target for target in targets if target.python == newest))
    return ChosenTargets(older + trial, len(trial)) if older else ChosenTargets(trial)


def _declared(configuration: Configuration, pythons: tuple[tuple[int, int], ...]) -> tuple[Target, ...]:
    """The declared grid; `pythons` where only platforms are declared; () where nothing is."""
    if not configuration.pythons and not configuration.platforms:
        return ()
    platforms = configuration.platforms or tuple((name, default_floor(name)) for name in DEFAULT_PLATFORMS)
    return tuple(
        Target(python, platform, floor) for python in configuration.pythons or pythons for platform, floor in platforms
    )


def _sorted(targets: tuple[Target, ...]) -> tuple[Target, ...]:
    return tuple(sorted(targets, key=str))
