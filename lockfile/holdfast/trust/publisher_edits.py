"""Changes of `publishers.json`: each gives an edited copy that a reader would admit, and leaves the old one as it was.

What an operator names and is not there is a `UsageError`; what would make a document that nobody may read (a pattern
or a raw key twice) is a `MalformedDocument`. Knows no files and no signatures.
"""

from collections.abc import Callable

from holdfast.errors import UsageError
from holdfast.trust.publishers import Publisher, Publishers, RegisteredKey, read_publishers, write_publishers


def add_publisher(document: Publishers, publisher: Publisher) -> Publishers:
    """Register a publisher; its name, its patterns and its keys must be new to the document."""
    return _whole(document._replace(publishers=(*document.publishers, publisher)))


def add_key(document: Publishers, publisher: str, key: RegisteredKey) -> Publishers:
    """Give a publisher one more key; its raw key must stand nowhere else in the document."""
    return _edited(document, publisher, lambda one: one._replace(keys=(*one.keys, key)))


def set_tier(document: Publishers, publisher: str, tier: str) -> Publishers:
    """Put a publisher into another tier."""
    return _edited(document, publisher, lambda one: one._replace(tier=tier))


def set_threshold(document: Publishers, publisher: str, threshold: int) -> Publishers:
    """Let a publisher's releases need another number of distinct keys."""
    return _edited(document, publisher, lambda one: one._replace(threshold=threshold))


def retire_key(document: Publishers, publisher: str, key_id: str, until: str) -> Publishers:
    """End a key's time: what is published at or after `until` is not by it. What was published before stays."""

    def retired(one: Publisher) -> Publisher:
        if all(key.key.id != key_id for key in one.keys):
            known = ", ".join(key.key.id for key in one.keys) or "none"
            raise UsageError(f"a key of {publisher}: {known}", key_id, "holdfast registry publishers")
        return one._replace(keys=tuple([k._replace(until=until) if k.key.id == key_id else k for k in one.keys]))

    return _edited(document, publisher, retired)


def _edited(document: Publishers, publisher: str, change: Callable[[Publisher], Publisher]) -> Publishers:
    if document.named(publisher) is None:
        known = ", ".join(one.name for one in document.publishers) or "none"
        raise UsageError(f"a publisher of this registry: {known}", publisher, "holdfast registry publishers")
    changed = tuple([change(one) if one.name == publisher else one for one in document.publishers])
    return _whole(document._replace(publishers=changed))


def _whole(document: Publishers) -> Publishers:
    return read_publishers(write_publishers(document))
