"""A world of npm packages, written down as `npm_universe` reads it, on a registry."""

from typing import Any

from tests.support.npm_registry import NpmRegistry, Published, release
from tests.support.npm_universe import universe


def publish(registry: NpmRegistry, text: str) -> None:
    """Publish the releases of a text, with the tags that it gives."""
    world = universe(text)
    for name, releases in world.releases.items():
        for one in releases.values():
            registry.publish(_published(name, one), tag="")
        record = world.record(name)
        registry.tags.setdefault(name, {}).update(record.tags)  # type: ignore[union-attr]  # it has the package


def _published(name: str, one: Any) -> Published:
    manifest: dict[str, Any] = {
        "dependencies": dict(one.dependencies),
        "optionalDependencies": dict(one.optional),
        "peerDependencies": dict(one.peers),
        "peerDependenciesMeta": {peer: {"optional": True} for peer in one.optional_peers},
        "engines": dict(one.engines),
        "bundleDependencies": list(one.bundled),
    }
    if one.deprecated:
        manifest["deprecated"] = one.deprecated
    return release(name, one.version, **{key: value for key, value in manifest.items() if value})
