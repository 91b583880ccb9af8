"""What happened to the signers of one package: the classes of change, from two sets of signer records.

What cannot be renamed is the id; what people read is the label; `owner-id`, `context`, `role` and `tier` are compared.

    same id, another label                                        signer-renamed
    another workflow, environment, issuer, owner, key, context    signer-changed
    the same label, another repository or owner                   signer-impersonated
    signed before, now by nobody or by fewer than the threshold   signer-lost
    one more beside those of before                               signer-added

An identity that signs in several ways has several records; one way more or less is `signer-changed`.
A registry that signs what it serves is compared by itself: it makes up for no publisher.
Whatever fits two rows is said as the graver one. Not recorded, so never compared: tags, commits, runs. Pure: no lock,
no artifacts, no words beyond fields and their values.
"""

from collections.abc import Callable, Iterable

from holdfast.model.joint_records import values
from holdfast.model.lock import Signer
from holdfast.model.signers import is_registry
from holdfast_resolver.values.tuples import NamedTuple

SIGNER_KINDS = ("signer-impersonated", "signer-lost", "signer-changed", "signer-renamed", "signer-added")
_NUMBERED = ("github", "gitlab")  # kinds of ids that begin with the number of a repository
_OWNER = "owner-id"


class SignerChange(NamedTuple):
    """What happened to one signer. `before` is None for one that came, `after` for one that went."""

    kind: str  # one of SIGNER_KINDS
    before: Signer | None
    after: Signer | None
    details: tuple[str, ...] = ()  # "context: ref=tag -> ref=branch:main"


def compare_signers(
    before: tuple[Signer, ...], after: tuple[Signer, ...], threshold: int = 1
) -> tuple[SignerChange, ...]:
    """Return the changes from one set of signers to another, the gravest first; () when they are the same.

    `threshold`: how many identities had to sign before; a package that was signed needs one at least. A registry is no
    publisher, and stands for none: the two are compared apart. The order of the tuples does not matter. All ids are
    canonical, and an id may have several records.
    """
    (old_registries, olds), (new_registries, news) = _parted(before), _parted(after)
    found = _compared(olds, news, threshold)
    if old_registries or new_registries:
        found = tuple(sorted([*found, *_compared(old_registries, new_registries, 1)], key=_gravest_first))
    return found


def _parted(signers: tuple[Signer, ...]) -> tuple[tuple[Signer, ...], tuple[Signer, ...]]:
    """The registries among some signers, and the others."""
    registries = tuple([one for one in signers if is_registry(one.id)])
    return registries, tuple([one for one in signers if one not in registries]) if registries else signers


def _compared(before: tuple[Signer, ...], after: tuple[Signer, ...], threshold: int) -> tuple[SignerChange, ...]:
    olds, news = _by_id(before), _by_id(after)
    found = [change for id_ in olds.keys() & news.keys() for change in _of_same_id(olds[id_], news[id_])]
    gone = [signer for id_ in olds if id_ not in news for signer in olds[id_]]
    came = [signer for id_ in news if id_ not in olds for signer in news[id_]]
    found.extend(_paired(gone, came, _is_other_workflow))
    found.extend(_paired(gone, came, _looks_alike))
    found.extend(_lookalikes([signer for group in olds.values() for signer in group], came))
    found.extend(_paired(gone, came, _has_same_label))
    found.extend(_paired(gone, came, _is_any))
    found.extend([SignerChange("signer-added", None, signer) for signer in came])
    lost = len(news) < max(threshold, 1)
    found.extend([SignerChange("signer-lost" if lost else "signer-changed", signer, None) for signer in gone])
    return tuple(sorted(found, key=_gravest_first))


def repository(signer: Signer) -> str:
    """Return the part of an id that is a repository: `github:101`; "" for persons, keys and ids by name."""
    kind, _, rest = signer.id.partition(":")
    return f"{kind}:{rest.partition('/')[0]}" if kind in _NUMBERED else ""


def differences(before: Signer, after: Signer) -> tuple[str, ...]:
    """Return what differs between two records, a line for each field: `owner-id: 7 -> none`."""
    olds, news = _fields(before), _fields(after)
    return tuple(
        f"{name}: {olds.get(name) or 'none'} -> {news.get(name) or 'none'}"
        for name in dict.fromkeys([*olds, *news])
        if olds.get(name, "") != news.get(name, "")
    )


def _fields(signer: Signer) -> dict[str, str]:
    extra = ", ".join([f"{key} = {text}" for key, text in sorted(signer.unknown)])
    return {"id": signer.id, "label": signer.label, **dict(sorted(signer.attributes)), "other keys": extra}


def _by_id(signers: tuple[Signer, ...]) -> dict[str, list[Signer]]:
    found: dict[str, list[Signer]] = {}
    for signer in sorted(set(signers)):
        found.setdefault(signer.id, []).append(signer)
    return found


def _of_same_id(olds: list[Signer], news: list[Signer]) -> Iterable[SignerChange]:
    """What happened to the ways in which one identity signs: those that differ in pairs, then those left over."""
    gone, came = [one for one in olds if one not in news], [one for one in news if one not in olds]
    for place in range(max(len(gone), len(came))):
        old, new = (ways[min(place, len(ways) - 1)] for ways in (gone or olds, came or news))
        yield from _of_same_signer(old, new)


def _of_same_signer(old: Signer, new: Signer) -> Iterable[SignerChange]:
    renamed = tuple([line for line in differences(old, new) if line.startswith("label: ")])
    other = tuple([line for line in differences(old, new) if line not in renamed])
    if renamed:
        yield SignerChange("signer-renamed", old, new, renamed)
    if other:
        impersonated = not renamed and old.label and _has_another_owner(old, new)
        yield SignerChange("signer-impersonated" if impersonated else "signer-changed", old, new, other)


def _paired(gone: list[Signer], came: list[Signer], match: Callable[[Signer, Signer], bool]) -> Iterable[SignerChange]:
    """Take those out of both lists that belong together by `match`, in the order of the ids."""
    for new in list(came):
        old = next((one for one in gone if match(one, new)), None)
        if old is not None:
            gone.remove(old)
            came.remove(new)
            kind = "signer-impersonated" if _looks_alike(old, new) else "signer-changed"
            yield SignerChange(kind, old, new, differences(old, new))


def _lookalikes(olds: list[Signer], came: list[Signer]) -> Iterable[SignerChange]:
    """Take out those who look like anybody of before, who may have stayed."""
    known = {repository(one) for one in olds}
    for new in list(came):
        old = next((one for one in olds if _looks_alike(one, new)), None)
        if old is not None and (repository(new) not in known or _has_another_owner(old, new)):
            came.remove(new)
            yield SignerChange("signer-impersonated", old, new, differences(old, new))


def _is_other_workflow(old: Signer, new: Signer) -> bool:
    return repository(old) != "" and repository(old) == repository(new)


def _looks_alike(old: Signer, new: Signer) -> bool:
    """The same name to the eye, and not the same repository or not the same owner."""
    others = bool(repository(old) and repository(new)) and repository(old) != repository(new)
    return _has_same_label(old, new) and (others or _has_another_owner(old, new))


def _has_same_label(old: Signer, new: Signer) -> bool:
    return not values(old.label.casefold()).isdisjoint(values(new.label.casefold()))


def _has_another_owner(old: Signer, new: Signer) -> bool:
    """Whether an owner is there who was not before; a record without an owner says nothing of him."""
    olds, news = [values(dict(one.attributes).get(_OWNER, "")) for one in (old, new)]
    return bool(olds) and bool(news - olds)


def _is_any(_old: Signer, _new: Signer) -> bool:
    return True


def _gravest_first(change: SignerChange) -> tuple[int, str, str]:
    before, after = change.before, change.after
    return SIGNER_KINDS.index(change.kind), before.id if before else "", after.id if after else ""
