"""Advisories against the pins of a lock: who is affected by which group of records, and what could not be judged.

Knows no policy and no finding. A record that cannot be judged is only told of where no other of its group says that
the pin is affected.
"""

from collections.abc import Iterable

from holdfast.advisories import cvss
from holdfast.advisories.merge import groups, ids_of, is_malicious, standing
from holdfast.advisories.packages import Pins, order_of, pin_id
from holdfast.advisories.ranges import fixes, is_affected
from holdfast.advisories.values import Advisory, Affected, Hit, Unjudged
from holdfast.model.lock import Pin
from holdfast_resolver.values.tuples import NamedTuple

Told = tuple[Advisory, list[Affected]]  # a record, and its rows about one pin


class Match(NamedTuple):
    """A pin, and the records of one group about it."""

    pin: Pin
    hit: Hit
    told: tuple[Told, ...]

    def affects(self, version: str) -> bool:
        """Whether the group affects another version of the pin's package; what cannot be judged counts as affected."""
        key = order_of(self.pin)
        return any(is_affected(row, version, key) is not False for _, rows in self.told for row in rows)


class Matches(NamedTuple):
    """What advisories say of a lock."""

    found: tuple[Match, ...]  # in the order of the pins, then by id
    doubts: tuple[tuple[Pin, tuple[str, ...], Unjudged], ...]  # with all ids of the group


def match(pins: Iterable[Pin], advisories: Iterable[Advisory], claimed: Iterable[tuple[str, str]] = ()) -> Matches:
    """Return which pins are affected, one match for each group of records; the same input gives the same order.

    `claimed` are pairs (`source:name version`, id of a record): a service says so, whatever the record itself says.
    """
    known = tuple(pins)
    claims = frozenset(claimed)
    places = {pin_id(pin): place for place, pin in enumerate(known)}
    claimed_of: dict[str, list[str]] = {}
    for name, identifier in sorted(claims):
        if name in places:
            claimed_of.setdefault(identifier, []).append(name)
    index = Pins(known)
    about: dict[int, list[Told]] = {}
    for advisory in standing(advisories):
        rows_of_pins = dict(index.of(advisory))
        for name in () if advisory.registry else claimed_of.get(advisory.id, ()):
            rows_of_pins.setdefault(places[name], [])
        for place, rows in rows_of_pins.items():
            about.setdefault(place, []).append((advisory, rows))
    found: list[Match] = []
    doubts: list[tuple[Pin, tuple[str, ...], Unjudged]] = []
    for place, pin in enumerate(known):
        told = about.get(place, [])
        rows_of = {(record.id, record.registry): rows for record, rows in told}
        for group in groups([record for record, _ in told]):
            told_of_group = [(record, rows_of[record.id, record.registry]) for record in group]
            _judge(pin, told_of_group, claims, found, doubts)
    return Matches(tuple(found), tuple(doubts))


def _judge(
    pin: Pin,
    told: list[Told],
    claims: frozenset[tuple[str, str]],
    found: list[Match],
    doubts: list[tuple[Pin, tuple[str, ...], Unjudged]],
) -> None:
    key = order_of(pin)
    hits: list[Told] = []
    reasons: list[tuple[str, str]] = []
    for record, rows in told:
        answers = [is_affected(row, pin.version, key) for row in rows]
        affecting = [row for row, answer in zip(rows, answers, strict=True) if answer is True]
        if affecting:
            hits.append((record, affecting))
        else:
            unknown = [answer for answer in answers if isinstance(answer, str)]
            if not unknown and (pin_id(pin), record.id) in claims:
                unknown = ["a service says that this version is affected, the record does not"]
            reasons += [(record.id, reason) for reason in unknown[:1]]
    if hits:
        found.append(_with_fixes(Match(pin, _hit(pin, hits), tuple(told))))
        return
    ids = ids_of([record for record, _ in told])
    doubts += [(pin, ids, Unjudged(record, pin_id(pin), reason)) for record, reason in reasons]


def _hit(pin: Pin, hits: list[Told]) -> Hit:
    """What the records that affect a pin say together; the speaker comes first."""
    group = [record for record, _ in hits]
    speaker = group[0]
    rows = [row for _, some in hits for row in some]
    vectors = tuple([pair for one in rows for pair in one.severity] + [pair for one in group for pair in one.severity])
    strongest = cvss.strongest(vectors)
    score, vector, word = None, "", "unknown"
    if strongest is not None:
        score, vector, version = strongest
        word = cvss.word_of(score, version)
    else:
        ratings = [word for word in ([row.rating for row in rows] + [one.rating for one in group]) if word]
        word = max(ratings, key=cvss.WORDS.index, default="unknown")
        vector = vectors[0][1] if vectors else ""
    return Hit(
        pin_id(pin),
        speaker.id,
        tuple([name for name in ids_of(group) if name != speaker.id]),
        is_malicious(group),
        word,
        score,
        vector,
        summary=next((record.summary for record, _ in hits if record.summary), ""),
        published=min([record.published for record, _ in hits if record.published], default=""),
        modified=max([record.modified for record, _ in hits], default=""),
        references=tuple(dict.fromkeys([url for record, _ in hits for url in record.references])),
    )


def _with_fixes(matched: Match) -> Match:
    """Add the later versions that one record names as fixed and that no record of the group affects."""
    pin = matched.pin
    named = fixes([row for _, rows in matched.told for row in rows], pin.version, order_of(pin))
    kept = tuple([named[key] for key in sorted(named) if not matched.affects(named[key])])
    return matched._replace(hit=matched.hit._replace(fixed=kept))
