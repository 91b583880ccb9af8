"""Where python-tuf gets a registry's documents: from memory, else from the store, else from the network in one wave.

Whatever python-tuf asks for, its companions are fetched in the same wave, so that the number of round trips does not
grow with the number of modules. No document reaches python-tuf unread: size, JSON and raw keys are checked before.
Knows paths and bytes; no addresses, no sockets (`get` is handed in), and it believes nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from tuf.api.exceptions import DownloadError, DownloadHTTPError, DownloadLengthMismatchError
from tuf.ngclient import FetcherInterface

from holdfast.errors import HoldfastError
from holdfast.trust.errors import MalformedDocument, RegistryTampered, TrustError
from holdfast.trust.registry_metadata import ROOT, TIMESTAMP, Document, limit_of, read_document, role_of, version_of
from holdfast.trust.registry_root import explained
from holdfast.trust.registry_store import RegistryStore
from holdfast_resolver.errors import OfflineMiss, ResolverError

# Paths below the registry's address, each with the most bytes that it may have -> bytes, None = it is not there.
# Raises errors of `holdfast_resolver` when there is no answer.
Get = Callable[[Mapping[str, int]], Mapping[str, bytes | None]]


class RegistryFetcher(FetcherInterface):
    """The documents of one registry during one run. `requests` and `waves` count what the network was asked."""

    def __init__(self, source: str, store: RegistryStore, get: Get, *, offline: bool) -> None:
        self.requests = 0
        self.waves = 0
        self.read: dict[str, Document] = {}  # what was read of each document at hand
        self.served: list[str] = []  # what python-tuf was given since `take_served`, in order
        self.roots: dict[str, None] = {}  # the roots among all that it was ever given, in order
        self.last = ""  # what python-tuf asked for last
        self.failure: ResolverError | HoldfastError | None = None  # why it got no answer
        self.companions: Callable[[str], Iterable[str]] = lambda path: ()
        self.check: Callable[[Document], None] = lambda document: None  # raises MalformedDocument
        self.at_last_root: Callable[[], None] = lambda: None  # called when python-tuf learns that no root is newer
        self.offline = offline
        self._source = source
        self._store = store
        self._get = get
        self._held: dict[str, bytes | None] = {}
        self._from_store: set[str] = set()

    def load(self, paths: Iterable[str], companions: Iterable[str] = ()) -> None:
        """Have these metadata documents at hand; those that are nowhere at hand come in one wave.

        Offline, `companions` may be missing.

        Raises `RegistryTampered` for a document that no honest registry writes, `OfflineMiss`, and what `get` raises.
        """
        needed = frozenset(paths := tuple(paths))
        wanted = dict.fromkeys((*paths, *companions))
        missing = [path for path in wanted if path not in self._held and not self._load_kept(path)]
        if not missing:
            return
        if self.offline:
            # No newer root than the kept ones is what a registry without a newer root says.
            for path in needed.intersection(missing):
                if role_of(path) != ROOT:
                    raise OfflineMiss(self._source, role_of(path), "", "it was not read on this machine")
                self._held[path] = None
            return
        for path, data in self.ask({path: limit_of(role_of(path)) for path in missing}).items():
            if data is not None:
                try:
                    self._admit(path, data)
                except MalformedDocument as fault:
                    raise RegistryTampered(self._source, role_of(path), explained(fault)) from None
            self._held[path] = data

    def ask(self, wanted: Mapping[str, int]) -> dict[str, bytes | None]:
        """Ask the network, in one wave, for paths with the most bytes that each may have. Raises what `get` raises."""
        self.requests += len(wanted)
        self.waves += 1
        answers = self._get(wanted)
        return {path: answers.get(path) for path in wanted}

    def held(self, path: str) -> bytes | None:
        """Return a document at hand, None when it is not or when the registry does not have it."""
        return self._held.get(path)

    def heal(self) -> bool:
        """Forget the document that python-tuf was given last, if it came from the store: the store was damaged.

        Returns whether asking again may help.
        """
        if self.last not in self._from_store:
            return False
        self._from_store.discard(self.last)
        self._store.drop(self.last)
        del self._held[self.last], self.read[self.last]
        return True

    def take_served(self) -> dict[str, Document]:
        """Return, once, what was read of the documents that python-tuf was given, by path."""
        paths = dict.fromkeys(self.served)
        self.served = []
        return {path: self.read[path] for path in paths if path in self.read}

    def new(self, paths: Iterable[str]) -> dict[str, bytes]:
        """Return those of these documents that the store can keep and does not have."""
        found = {path: self._held[path] for path in paths if version_of(path) and path not in self._from_store}
        return {path: data for path, data in found.items() if data is not None}

    def download_bytes(self, url: str, max_length: int) -> bytes:
        """See `FetcherInterface`; without its temporary file, since the bytes are bounded and in memory."""
        data = b"".join(self.fetch(url))
        if len(data) > max_length:
            raise DownloadLengthMismatchError(url)
        return data

    def _fetch(self, url: str) -> Iterator[bytes]:
        self.last = url
        try:
            self.load([url], self.companions(url) if url not in self._held else ())
        except (ResolverError, TrustError) as failure:
            self.failure = failure
            raise DownloadError(url) from failure
        data = self._held[url]
        if data is None:
            if role_of(url) == ROOT:
                self.at_last_root()
            raise DownloadHTTPError(url, 404)
        self.served.append(url)
        if role_of(url) == ROOT:
            self.roots[url] = None
        return iter((data,))

    def _load_kept(self, path: str) -> bool:
        """Take a document from the store, where it can be there in its newest form. A damaged one is dropped."""
        role = role_of(path)
        if not (version_of(path) or (self.offline and role == TIMESTAMP)):
            return False
        data = self._store.read(path, limit_of(role))
        if data is None:
            return False
        try:
            self._admit(path, data)
        except MalformedDocument:
            self._store.drop(path)
            return False
        self._held[path] = data
        self._from_store.add(path)
        return True

    def _admit(self, path: str, data: bytes) -> None:
        document = read_document(role_of(path), data)
        self.check(document)
        self.read[path] = document
