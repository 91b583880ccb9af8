"""The packages that a run has seen: shelves by name, and the choice among what stands on them. No tree."""

from __future__ import annotations

from holdfast_resolver.placement.pick import Picker
from holdfast_resolver.placement.port import NoPackage, PlacementRequest
from holdfast_resolver.placement.shelf import Package, Shelf, Wants, prepared_package

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from holdfast_resolver.placement.port import Record
    from holdfast_resolver.placement.specs import Reading


class Stock:
    """Shelves, made from records when they are first looked at."""

    def __init__(self, request: PlacementRequest, listing: Callable[[str], Record | NoPackage | None]) -> None:
        self._request = request
        self._listing = listing
        self._shelves: dict[str, Shelf | NoPackage] = {}
        self._picker = Picker(request)
        self._prepared: dict[str, Package] = {}
        self.wants = Wants()

    def look(self, name: str) -> Shelf | NoPackage | None:
        """Return a shelf, `NoPackage`, or None where the record is not here yet."""
        shelf = self._shelves.get(name)
        if shelf is None:
            record = self._listing(name)
            if record is None:
                return None
            shelf = record if isinstance(record, NoPackage) else Shelf(name, self._request.source_of(name), record)
            self._shelves[name] = shelf
        return shelf

    def choose(self, shelf: Shelf, reading: Reading) -> Package | None:
        """Return the release that serves; None when none does. Damaged ones are as if they were not."""
        while True:
            place = self._picker.pick(shelf, reading)
            if place < 0:
                return None
            package = shelf.package(place, self.wants)
            if package is not None:
                return package
            shelf.damage(place)
            self._picker.forget()

    def prepared(self, spec: str) -> Package | None:
        """Return the release that was prepared for a spec."""
        package = self._prepared.get(spec)
        if package is None:
            prepared = self._request.prepared.get(spec)
            if prepared is None:
                return None
            package = self._prepared[spec] = prepared_package(
                prepared.name, prepared.source, prepared.release, spec, self.wants
            )
        return package
