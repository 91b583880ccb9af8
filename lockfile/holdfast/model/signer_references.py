"""References to records of signers: one identity may have several records in one lock.

    id = "github:101/.github/workflows/release.yml"             all files that it signed agree on its record
    id = "github:101/.github/workflows/release.yml#1f0c9a44"    they do not: each record has a block of its own

Law 1: behind `#` stand the first digits, 8 or as many more as tell them apart, of the sha256 of the record's RFC 8785
       text, with its canonical id.
Law 2: `#` stands only where an identity has several records. So the records of one lock have one spelling, and what
       others sign never changes what is recorded of a pin: only how it is referred to.

Pure; knows neither TOML nor evidence.
"""

from collections.abc import Iterable, Mapping

from holdfast.model.lock import MARK, Lock, Pin, Signer
from holdfast.model.signers import bare, canonical_id, everybody, named

SHORTEST, LONGEST = 8, 64  # digits
_DIGITS = frozenset("0123456789abcdef")


def record_digits(record: Signer) -> str:
    """Return the 64 digits of a record with its canonical id: the sha256 of its RFC 8785 text."""
    from holdfast.model.pin_digest import digest_of, signer_document  # start-up: only where records have digits

    return digest_of(signer_document(record)).partition(":")[2]


def is_reference(text: str) -> bool:
    """Whether a text is a canonical id, or one with `#` and 8 to 64 digits."""
    id_, mark, digits = text.partition(MARK)
    return bool(id_) and (not mark or (SHORTEST <= len(digits) <= LONGEST and _DIGITS.issuperset(digits)))


def misfit(signer: Signer) -> str:
    """Return the reference that a block should have whose digits are not those of its record; else ""."""
    id_, mark, digits = signer.id.partition(MARK)
    whole = record_digits(bare(signer)) if mark else ""
    return "" if whole.startswith(digits) else f"{id_}{MARK}{whole[: len(digits)]}"


def references(records: Iterable[Signer]) -> dict[Signer, str]:
    """Return how each of these records is referred to among them; all have canonical ids."""
    groups: dict[str, list[Signer]] = {}
    for record in dict.fromkeys(records):
        groups.setdefault(record.id, []).append(record)
    found: dict[Signer, str] = {}
    for id_, group in groups.items():
        if len(group) == 1:
            found[group[0]] = id_
            continue
        digits = {record: record_digits(record) for record in group}
        length = SHORTEST
        while length < LONGEST and len({one[:length] for one in digits.values()}) < len(group):
            length += 1
        found.update({record: f"{id_}{MARK}{one[:length]}" for record, one in digits.items()})
    return found


def is_settled(signers: Iterable[Signer]) -> bool:
    """Whether the blocks of a lock follow both laws."""
    found = [(signer.id, bare(signer)) for signer in signers]
    wanted = references([record for _, record in found])
    return len(wanted) == len(found) and all(wanted[record] == id_ for id_, record in found)


def settled(lock: Lock) -> Lock:
    """Return the lock with its references by both laws: equal records become one, and their pins refer to it.

    What a reference means: the block of that very id, else the one record of its identity that has its digits. One
    that means none stays.
    """
    names = {signer.id: bare(signer) for signer in lock.signers}
    for reference in {one for pin in lock.packages for one in everybody(pin)} - names.keys():
        meant = meant_by(reference, lock.signers)
        if meant is not None:
            names[reference] = meant
    wanted = references(names.values())
    spelled = {reference: wanted[record] for reference, record in names.items()}
    return lock._replace(
        packages=tuple([renamed(pin, spelled) for pin in lock.packages]),
        signers=tuple([record._replace(id=reference) for record, reference in wanted.items()]),
    )


def meant_by(reference: str, signers: Iterable[Signer]) -> Signer | None:
    """Return the one record that has the digits of a reference without a block of its own; None if there is none."""
    id_, mark, digits = reference.partition(MARK)
    if not mark or len(digits) < SHORTEST:
        return None
    same = {bare(signer) for signer in signers if canonical_id(signer.id) == id_}
    found = [record for record in same if record_digits(record).startswith(digits)]
    return found[0] if len(found) == 1 else None


def gathered(parts: Iterable[tuple[Pin, tuple[Signer, ...]]]) -> tuple[tuple[Pin, ...], tuple[Signer, ...]]:
    """Return pins, each with the records that it refers to, as pins and signers of one lock, these sorted.

    The parts may come from several locks, and refer to other records by the same words.
    """
    taken = [(pin, {signer.id: bare(signer) for signer in signers}) for pin, signers in parts]
    wanted = references([record for _, names in taken for record in names.values()])
    pins = [renamed(pin, {one: wanted[record] for one, record in names.items()}) for pin, names in taken]
    return tuple(pins), tuple(sorted([record._replace(id=reference) for record, reference in wanted.items()]))


def by_itself(pin: Pin, known: Mapping[str, Signer]) -> tuple[Pin, tuple[Signer, ...]]:
    """Return a pin and the records it names, with references as in a lock that has nothing else.

    `known` are the records of its lock, by reference.
    """
    ids = everybody(pin)
    if not any(MARK in one for one in ids):
        return pin, named(ids, known)
    (alone,), signers = gathered([(pin, tuple([one._replace(id=id_) for id_, one in zip(ids, named(ids, known))]))])
    return alone, signers


def renamed(pin: Pin, names: Mapping[str, str]) -> Pin:
    """Return the pin with other references, sorted; one that is no key of `names` stays."""
    if all(names.get(one, one) == one for one in everybody(pin)):
        return pin

    def spelled(ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted({names.get(one, one) for one in ids}))

    return pin._replace(
        signers=spelled(pin.signers),
        artifacts=tuple(
            [one if one.signers is None else one._replace(signers=spelled(one.signers)) for one in pin.artifacts]
        ),
        module=None if pin.module is None else pin.module._replace(vetted=spelled(pin.module.vetted)),
    )
