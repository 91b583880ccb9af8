"""What the bench's module registries have, and where they are: names and numbers, nothing of holdfast imported."""

from pathlib import Path

from bench.places import BENCH

FOLDER = BENCH / "modules"
BIG = FOLDER / "big"  # what `module_registry.py` makes
HEAVY = FOLDER / "heavy"
MODULES = 10_000
RELEASES = 20
PUBLISHERS = 1_000
BLOCK = 200  # modules that one project locks
DEPTH = 8  # of the graph of a project
HEAVY_MODULES = 500


def keys_of(registry: Path) -> Path:
    """Where the keys of a registry are."""
    return registry.with_name(registry.name + ".keys")


def inbox_of(registry: Path) -> Path:
    """Where submissions to a registry wait."""
    return registry.with_name(registry.name + ".inbox")


def module_name(number: int) -> str:
    """The name of a module, in both registries."""
    return f"@bench/m{number:04}"
