"""What advisories say, as values: records of the OSV schema, reduced to what judging a pin needs.

Versions are as the records spell them; whether they can be ordered is `ranges`' to say. Knows no JSON.
Specification: Open Source Vulnerability schema 1.7, "Format".
"""

from holdfast_resolver.values.tuples import NamedTuple

KINDS = ("introduced", "fixed", "last_affected", "limit")
MALICIOUS = "MAL-"  # begins the ids of records that say: this release does harm on purpose


class Event(NamedTuple):
    """A change in the status of a package, at a version."""

    kind: str  # one of KINDS, or a word that this version does not know
    version: str


class Range(NamedTuple):
    """Affected versions as events, in the order of the record."""

    type: str  # "SEMVER" | "ECOSYSTEM" | "GIT", or a word that this version does not know
    events: tuple[Event, ...] = ()


class Affected(NamedTuple):
    """Which versions of one package are affected."""

    ecosystem: str  # "PyPI", "npm", "holdfast", "holdfast:acme"
    name: str
    ranges: tuple[Range, ...] = ()
    versions: tuple[str, ...] = ()
    severity: tuple[tuple[str, str], ...] = ()  # (type, vector): ("CVSS_V3", "CVSS:3.1/AV:N/...")
    rating: str = ""  # a word that the database gives: "high"


class Advisory(NamedTuple):
    """One record. `registry` is the module registry that published it, "" for one of any other place."""

    id: str
    modified: str = ""  # RFC 3339
    published: str = ""
    withdrawn: str = ""  # "" = it stands
    aliases: tuple[str, ...] = ()
    summary: str = ""  # one line
    affected: tuple[Affected, ...] = ()
    severity: tuple[tuple[str, str], ...] = ()
    rating: str = ""
    references: tuple[str, ...] = ()  # addresses
    registry: str = ""


class Unjudged(NamedTuple):
    """What could not be judged: a record, or what it says of one pin."""

    record: str  # the advisory's id, or the file where it stands
    pin: str  # `source:name version`; "" where the record as a whole cannot be read
    reason: str


class Hit(NamedTuple):
    """A pin that a group of advisories about the same thing affects."""

    pin: str  # `source:name version`
    id: str  # of the record that speaks for the group
    aliases: tuple[str, ...] = ()  # all its other ids, sorted
    malicious: bool = False
    severity: str = "unknown"  # of cvss.WORDS
    score: float | None = None  # CVSS base score, 0.0 to 10.0
    vector: str = ""  # that the score is computed from
    fixed: tuple[str, ...] = ()  # later versions that fix it and that nothing of the group affects, lowest first
    update: str | None = (
        None  # the version that `holdfast update NAME` would lock; "" = it does not fix; None = unasked
    )
    summary: str = ""
    published: str = ""
    modified: str = ""
    references: tuple[str, ...] = ()
    path: tuple[str, ...] = ()  # from a part of the manifest to the pin
    ignored: str = ""  # why it is ignored; "" = it is not
    refused: str = ""  # who refuses it by its severity: "holdfast.toml:12"; "" = nobody
