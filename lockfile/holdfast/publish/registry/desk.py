"""The operator's desk: a registry's folder, the keys at hand, and the time; what every act of keeping it needs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from holdfast.publish.registry.change import Change
from holdfast.publish.registry.folder import RegistryFolder
from holdfast.publish.registry.signers import Keyring
from holdfast.publish.registry.state import RegistryState


class Desk(NamedTuple):
    """`now` is a time such as `2026-11-21T06:40:00Z`; `waiting` is called when another process has the registry."""

    folder: RegistryFolder
    keys: Keyring
    now: str
    waiting: Callable[[], None] | None = None

    @contextmanager
    def change(self) -> Iterator[Change]:
        """Hold the registry, and give a change of its state as it is now. Nothing is written without `commit`.

        Raises `RegistryAbsent`, `RegistryDamaged`, `FileProblem`.
        """
        with self.folder.locked(self.waiting):
            yield Change(RegistryState.load(self.folder), self.now)
