"""`publishers.json`: who may publish under which names, which keys co-sign for the registry, and which may revoke.

    {"format": 1, "critical": [],
     "publishers": [{"name": "acme", "scopes": ["@acme/*"], "tier": "verified", "threshold": 1,
                     "keys": [{"key": "ssh-ed25519 AAAA...", "label": "acme-release", "since": time, "until": ""}]}],
     "registry": {"keys": [...]}, "revocations": {"threshold": 1, "keys": [...]}}

It is signed offline, so whoever holds a registry's online keys cannot publish in another's name. Rules, on reading as
on every edit:

    1. a pattern belongs to one publisher; of several that claim a name, the most specific decides (`for_name`)
    2. a raw key stands once: under one publisher, or as the registry's own, or among the revokers of publishers' keys
    3. an edit gives another document and leaves the old as it was

A publisher may have no keys, or fewer than its threshold: then nothing can be published under its names. Knows no
TUF, no files; `publisher_edits` changes what is read here.
"""

from collections.abc import Iterable, Iterator

from holdfast.trust.ed25519 import PublicKey
from holdfast.trust.errors import KeyRefused, MalformedDocument
from holdfast.trust.strict_fields import Fields
from holdfast.trust.strict_json import canonical
from holdfast.trust.trusted_keys import TrustedKey, is_within
from holdfast_resolver.values.modules import is_module_name, is_module_pattern, pattern_claims
from holdfast_resolver.values.tuples import NamedTuple

TIERS = ("unverified", "verified", "trusted")
MOST_KEYS = 64  # of one publisher


class RegisteredKey(NamedTuple):
    """A key and the time in which what it signs counts: `since <= published < until`; `until` "" = open."""

    key: PublicKey
    label: str
    since: str
    until: str = ""


class Publisher(NamedTuple):
    """Who may publish under the names that `scopes` claim, when `threshold` distinct keys sign."""

    name: str
    scopes: tuple[str, ...]
    tier: str
    threshold: int = 1
    keys: tuple[RegisteredKey, ...] = ()

    def trusted_keys(self) -> tuple[TrustedKey, ...]:
        """Return its keys with the names and the tier they have through it."""
        return tuple(
            [TrustedKey(one.key, one.label, self.scopes, one.since, one.until, self.tier) for one in self.keys]
        )


class Publishers(NamedTuple):
    """The whole document."""

    publishers: tuple[Publisher, ...] = ()
    registry: tuple[RegisteredKey, ...] = ()  # the registry's own keys: they co-sign what was vetted
    revokers: tuple[RegisteredKey, ...] = ()  # the keys that sign the revocation list
    revocation_threshold: int = 1

    def for_name(self, name: str) -> Publisher | None:
        """Return the publisher of a module's name: of the most specific pattern that claims it. None without one."""
        if not is_module_name(name):
            return None
        claims = [
            (pattern == name, publisher)
            for publisher in self.publishers
            for pattern in publisher.scopes
            if pattern_claims(pattern, name)
        ]
        return max(claims, key=lambda claim: claim[0])[1] if claims else None

    def named(self, name: str) -> Publisher | None:
        """Return the publisher that is called so; None without one."""
        return next((publisher for publisher in self.publishers if publisher.name == name), None)

    def revocation_keys(self, now: str) -> tuple[PublicKey, ...]:
        """Return the keys whose signatures under a revocation list count now."""
        return tuple([one.key for one in self.revokers if is_within(now, one.since, one.until)])


def read_publishers(data: bytes) -> Publishers:
    """Read the document, strictly. Raises `MalformedDocument` with the place; `KeyRefused` for a bad key."""
    fields = Fields.of(data)
    fields.constant("format", 1)
    fields.critical()
    revocations = fields.table("revocations")
    document = Publishers(
        publishers=tuple([_publisher(row) for row in fields.tables("publishers")]),
        registry=_keys(fields.table("registry")),
        revokers=_keys(revocations),
        revocation_threshold=revocations.integer("threshold", minimum=1, maximum=MOST_KEYS),
    )
    check_publishers(document)
    return document


def write_publishers(document: Publishers) -> bytes:
    """Return the document's canonical text: publishers, scopes and keys in order, whatever order they were given in.

    Raises `MalformedDocument` and `KeyRefused` for a document that would be refused by a reader.
    """
    rows = [
        {
            "name": publisher.name,
            "scopes": sorted(publisher.scopes),
            "tier": publisher.tier,
            "threshold": publisher.threshold,
            "keys": _key_rows(publisher.keys),
        }
        for publisher in sorted(document.publishers)
    ]
    text = canonical(
        {
            "format": 1,
            "critical": [],
            "publishers": rows,
            "registry": {"keys": _key_rows(document.registry)},
            "revocations": {"threshold": document.revocation_threshold, "keys": _key_rows(document.revokers)},
        }
    )
    read_publishers(text)
    return text


def check_publishers(document: Publishers) -> None:
    """Refuse a document in which a name, a pattern or a raw key stands twice. Raises `MalformedDocument`."""
    _each_once(((f"publishers[{row}].name", one.name) for row, one in enumerate(document.publishers)), "publisher")
    _each_once(
        (
            (f"publishers[{row}].scopes", pattern)
            for row, publisher in enumerate(document.publishers)
            for pattern in publisher.scopes
        ),
        "pattern",
    )
    own = [(f"publishers[{row}].keys", key) for row, one in enumerate(document.publishers) for key in _ids(one.keys)]
    registry = [("registry.keys", key) for key in _ids(document.registry)]
    # The registry's key may serve for revocations too: payload types keep the two uses apart.
    _each_once([*own, *registry], "key")
    _each_once([*own, *(("revocations.keys", key) for key in _ids(document.revokers))], "key")


def publisher_name(fields: Fields, name: str) -> str:
    """Return a field that is a publisher's name: `acme`, formed as the scope of a module's name."""
    value = fields.text(name)
    if not is_module_name(f"@{value}/x"):
        raise fields.wrong(name, "a publisher's name of lower-case ASCII letters, digits and single '-'")
    return value


def _publisher(row: Fields) -> Publisher:
    scopes = row.texts("scopes", most=1000)
    if not scopes:
        raise row.wrong("scopes", "at least one pattern", "none")
    for pattern in scopes:
        if not is_module_pattern(pattern):
            raise row.wrong("scopes", "patterns such as @acme/* or @acme/guards", f"{pattern!a}")
    tier, threshold = row.choice("tier", TIERS), row.integer("threshold", minimum=1, maximum=MOST_KEYS)
    return Publisher(publisher_name(row, "name"), scopes, tier, threshold, _keys(row))


def _keys(fields: Fields) -> tuple[RegisteredKey, ...]:
    return tuple([_key(row) for row in fields.tables("keys", most=MOST_KEYS)])


def _key(row: Fields) -> RegisteredKey:
    text = row.text("key")
    try:
        key = PublicKey.from_text(text)
    except KeyRefused as error:
        raise KeyRefused(f"{row.at('key')}: {error.reason}") from None
    if key.text != text:
        raise row.wrong("key", "an OpenSSH public key without a comment: ssh-ed25519 AAAA...")
    since, until = row.time("since"), row.time("until", empty=True)
    if until and until < since:
        raise row.wrong("until", f"a time from {since} on, or an empty text")
    return RegisteredKey(key, row.text("label"), since, until)


def _key_rows(keys: Iterable[RegisteredKey]) -> list[dict[str, str]]:
    return [
        {"key": one.key.text, "label": one.label, "since": one.since, "until": one.until}
        for one in sorted(keys, key=lambda one: (one.label, one.key))
    ]


def _ids(keys: Iterable[RegisteredKey]) -> Iterator[str]:
    return (one.key.id for one in keys)


def _each_once(found: Iterable[tuple[str, str]], what: str) -> None:
    seen: set[str] = set()
    for place, value in found:
        if value in seen:
            raise MalformedDocument(place, f"each {what} once in the document", f"{value} again")
        seen.add(value)
