"""How the project comes to a pin, asked pin by pin: the lock's graph is made when the first is asked for.

Knows the lock alone. Whoever has a graph already asks `paths.ShortestPaths`.
"""

from holdfast.model.lock import Lock, Pin

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: the graph is for what has something to say
    from holdfast.model.paths import ShortestPaths

Key = tuple[str, str, str]  # source, name, version


class LockPaths:
    """The shortest paths of one lock."""

    __slots__ = ("_lock", "_places", "_reached", "_shortest")

    def __init__(self, lock: Lock) -> None:
        self._lock = lock
        self._shortest: ShortestPaths | None = None
        self._reached: dict[int, int] = {}
        self._places: dict[Key, int] = {}

    def to(self, pin: Pin) -> tuple[str, ...]:
        """Return the shortest path to a pin, from a part of the manifest; () where nothing leads to it.

        >>> LockPaths(lock).to(click)
        ('pyproject.toml', 'flask 3.0.3', 'click 8.1.8')
        """
        if self._shortest is None:
            self._shortest = self._opened()
        place = self._places[pin[:3]]
        targets = self._reached.get(place, 0)
        return self._shortest.to(place, targets) if targets else ()

    def _opened(self) -> "ShortestPaths":
        from holdfast.model.graph import LockGraph
        from holdfast.model.paths import ShortestPaths
        from holdfast_resolver.versions.grid import Grid

        lock = self._lock
        graph = LockGraph(lock, Grid(lock.scope.targets, lock.scope.requires_python))
        self._reached = graph.reach(lock.inputs)
        self._places = {pin[:3]: place for place, pin in enumerate(lock.packages)}
        return ShortestPaths(graph)
