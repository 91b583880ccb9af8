"""What an export asks of the world: where the pinned files can be had. Knows no format and no socket."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from holdfast.model.lock import Pin
from holdfast_resolver.values.tuples import NamedTuple


class LocatedFile(NamedTuple):
    """A file of a listing, as it stands there now."""

    url: str  # absolute, without credentials
    hash: str  # "sha256:<hex>" or stronger, of the listing
    size: int = 0  # bytes; 0 when unknown
    upload_time: str = ""  # RFC 3339 in UTC; "" when unknown
    index_url: str = ""  # base URL of the index that offers it, without credentials; "" = not said


# Answers for one pin with {file name: where it is}; a file that the index does not offer is absent.
Locate: TypeAlias = Callable[[Pin], Mapping[str, LocatedFile]]
