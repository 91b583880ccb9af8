"""The client of a module registry as tests use it: one call from an empty or a warm store to what was verified."""

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from holdfast.trust.registry_client import RegistryView
from holdfast.trust.registry_state import StateFloor
from tests.support.tuf_worlds import NOW, Network, TufWorld

GUARDS = "@acme/guards"
BASE = "@acme/prompts"


def small_world(**options: object) -> TufWorld:
    """A registry with two modules in four bins."""
    return TufWorld({GUARDS: b'{"name": "guards"}', BASE: b'{"name": "base"}'}, **options)  # type: ignore[arg-type] # passed on


@contextlib.contextmanager
def opened(
    world: TufWorld,
    store: Path,
    *,
    network: Network | None = None,
    floor: StateFloor = StateFloor(),  # noqa: B008  # a value that cannot change
    now: str = NOW,
    offline: bool = False,
    names: Iterable[str] = (),
) -> Iterator[RegistryView]:
    """A view of the world, closed afterwards."""
    view = RegistryView.open(
        "acme",
        world.root,
        world.digest,
        store=str(store),
        get=network or Network(world.files),
        now=now,
        floor=floor,
        offline=offline,
        names=names,
    )
    try:
        yield view
    finally:
        view.close()


def look(world: TufWorld, store: Path, **options: object) -> tuple[dict[str, bytes | None], StateFloor]:
    """Read both modules and the state, as a lock does."""
    with opened(world, store, **options) as view:  # type: ignore[arg-type] # passed on
        documents = view.index_documents([GUARDS, BASE])
        return documents, view.state()
