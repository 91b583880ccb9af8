"""Which evidence is wanted, as a value: light, since it is loaded before anything is known to be asked."""

from holdfast_resolver.values.tuples import NamedTuple


class EvidenceNeed(NamedTuple):
    """The evidence of one file is wanted."""

    source: str  # name of the source
    file: str
    hash: str  # "sha256:<hex>"
    url: str
