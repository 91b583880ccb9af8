"""Edits of `[[trust]]` in `holdfast.toml` or `[tool.holdfast]`: keys trusted, no longer trusted, revoked.

Knows which entry an edit concerns, and what would weaken trust behind a person's back: a key's end never moves for
names that the edit does not name, and a revocation is never taken back. Whatever was written is read again and
compared. Must never read or write a file, or a clock.
"""

from collections.abc import Sequence
from typing import Any

from holdfast.configuration.arrays import array_at, insert_item, quoted, remove_item
from holdfast.configuration.configuration import TrustEntry
from holdfast.configuration.edit_tables import append_table, edited, remove_key, remove_table, set_key
from holdfast.configuration.instants import spelled
from holdfast.configuration.tables import Table
from holdfast.configuration.trust import read_trust
from holdfast.errors import UsageError
from holdfast_resolver.manifests.toml import KeyPath, TomlDocument, parse_toml

_PATH = "holdfast.toml"
_HINT = "edit [[trust]] by hand, then look at it with `holdfast trust list`"


def base_of(path: str) -> tuple[str, ...]:
    """Return where the configuration stands in a file: at its top, or below [tool.holdfast] of `pyproject.toml`."""
    return () if path == _PATH else ("tool", "holdfast")


def add_trust(text: str, entry: TrustEntry, path: str = _PATH) -> str:
    """Return `text` with the key of `entry` trusted for its names; only key, names, label and until are written.

    An entry of the key with exactly these names gets the new label (if one is given) and the new end; one with the
    same label and end gets the names it lacks; otherwise the entry is a new one, behind the others. Raises
    `UsageError` for a revoked key, and for names that stand among others in an entry with another end or label;
    `ConfigurationError`, `ManifestError`.
    """
    document, entries = _read(text, path)
    same = [(index, one) for index, one in enumerate(entries) if one.id == entry.id]
    if any(one.revoked for _, one in same):
        raise UsageError("a key that is not revoked", entry.id, "trust another key: a revocation is never taken back")
    for index, one in same:
        if set(one.names) == set(entry.names):
            return _renewed(document, index, one, entry).text
    for index, one in same:
        if one.until == entry.until and entry.label in ("", one.label):
            return _widened(document, index, one, entry.names).text
    for _, one in same:
        shared = [name for name in entry.names if name in one.names]
        if shared:
            found = f"{shared[0]}, trusted {f'until {spelled(one.until)}' if one.until else 'without end'}"
            hint = f"holdfast trust remove {entry.id} --names '{shared[0]}'"
            raise UsageError("names that no other entry of this key has", found, hint)
    return _appended(document, entry).text


def remove_trust(text: str, who: str, names: Sequence[str] = (), path: str = _PATH) -> str:
    """Return `text` without trust in the key whose full id or label is `who`: for all names, or only for `names`.

    Raises `UsageError` for a key or a name that is not there, a label of several keys, and a revoked key, since
    the revocation would be forgotten; `ConfigurationError`, `ManifestError`.
    """
    document, entries = _read(text, path)
    chosen = _chosen(entries, who, path)
    for index in chosen:
        if entries[index].revoked:
            found = f"{who}, revoked since {spelled(entries[index].revoked)}"
            raise UsageError("a key that is not revoked", found, "keep it: its entry is what says that it is revoked")
    for name in names:
        if not any(name in entries[index].names for index in chosen):
            raise UsageError(f"a name for which {who} is trusted", name, "holdfast trust list")
    for index in reversed(chosen):
        have = entries[index].names
        gone = [place for place, name in enumerate(have) if name in names]
        if not names or len(gone) == len(have):
            document = _without(document, index)
        else:
            for place in reversed(gone):
                document = _without_name(document, index, place)
    return document.text


def revoke_trust(text: str, who: str, date: str, reason: str, path: str = _PATH) -> str:
    """Return `text` with every entry of the key whose full id or label is `who` revoked since `date` for `reason`.

    `date` is an RFC 3339 date or instant. A key that is revoked stays as it is: date and reason are the first ones.
    Raises `UsageError`, `ConfigurationError`, `ManifestError`.
    """
    document, entries = _read(text, path)
    revoked = entries[_chosen(entries, who, path)[0]]
    if revoked.revoked:
        return text
    for index, entry in enumerate(entries):
        if entry.id == revoked.id:
            for key, value in (("revoked", date), ("reason", reason)):
                document = _with_key(document, index, key, value)
    return document.text


def _read(text: str, path: str) -> tuple[TomlDocument, tuple[TrustEntry, ...]]:
    document = parse_toml(text.encode(), path)
    data: Any = document.data
    for key in base_of(path):
        data = data.get(key, {})
    return document, read_trust(Table(document, base_of(path), data))


def _chosen(entries: tuple[TrustEntry, ...], who: str, path: str) -> list[int]:
    # The places of a key's entries, by its full id; of a label's entries, which must be of one key.
    found = [index for index, entry in enumerate(entries) if who and who in (entry.id, entry.label)]
    if not found:
        raise UsageError(f"the full id or the label of a key in [[trust]] of {path}", who, "holdfast trust list")
    ids = sorted({entries[index].id for index in found})
    if len(ids) > 1:
        raise UsageError(f"one key called {who}", f"{len(ids)} of them", f"name it by its id: {' or '.join(ids)}")
    return found


def _renewed(document: TomlDocument, index: int, old: TrustEntry, new: TrustEntry) -> TomlDocument:
    if new.label and new.label != old.label:
        document = _with_key(document, index, "label", new.label)
    if new.until == old.until:
        return document
    if new.until:
        return _with_key(document, index, "until", spelled(new.until))
    return _without_key(document, index, "until")


def _widened(document: TomlDocument, index: int, old: TrustEntry, names: tuple[str, ...]) -> TomlDocument:
    for name in names:
        if name in old.names:
            continue
        document = _with_name(document, index, name)
    return document


def _with_name(document: TomlDocument, index: int, name: str) -> TomlDocument:
    keys: KeyPath = (*base_of(document.path), "trust", index, "names")
    count = len(_array(document.data, document.path)[index]["names"])
    array = array_at(document, keys, count)

    def change(data: dict[str, Any]) -> None:
        _array(data, document.path)[index]["names"].append(name)

    literal = quoted(name, document.text[array.items[0].start])
    return edited(document, insert_item(array, count, literal), change, _HINT)


def _appended(document: TomlDocument, entry: TrustEntry) -> TomlDocument:
    values: dict[str, Any] = {"key": entry.key, "label": entry.label, "names": list(entry.names)}
    values["until"] = spelled(entry.until)
    values = {key: value for key, value in values.items() if value}
    pairs = [(key, _literal(value)) for key, value in values.items()]

    def change(data: dict[str, Any]) -> None:
        _array(data, document.path).append(values)

    return edited(document, append_table(document, (*base_of(document.path), "trust"), pairs), change, _HINT)


def _with_key(document: TomlDocument, index: int, key: str, value: str) -> TomlDocument:
    table: KeyPath = (*base_of(document.path), "trust", index)

    def change(data: dict[str, Any]) -> None:
        _array(data, document.path)[index][key] = value

    return edited(document, set_key(document, table, key, quoted(value)), change, _HINT)


def _without_key(document: TomlDocument, index: int, key: str) -> TomlDocument:
    table: KeyPath = (*base_of(document.path), "trust", index)

    def change(data: dict[str, Any]) -> None:
        del _array(data, document.path)[index][key]

    return edited(document, remove_key(document, table, key), change, _HINT)


def _without(document: TomlDocument, index: int) -> TomlDocument:
    def change(data: dict[str, Any]) -> None:
        del _array(data, document.path)[index]

    return edited(document, remove_table(document, (*base_of(document.path), "trust", index)), change, _HINT)


def _without_name(document: TomlDocument, index: int, place: int) -> TomlDocument:
    keys: KeyPath = (*base_of(document.path), "trust", index, "names")

    def change(data: dict[str, Any]) -> None:
        del _array(data, document.path)[index]["names"][place]

    names = _array(document.data, document.path)[index]["names"]
    return edited(document, remove_item(array_at(document, keys, len(names)), place), change, _HINT)


def _array(data: dict[str, Any], path: str) -> list[Any]:
    for key in base_of(path):
        data = data.setdefault(key, {})
    array: list[Any] = data.setdefault("trust", [])
    return array


def _literal(value: str | list[str]) -> str:
    return quoted(value) if isinstance(value, str) else "[" + ", ".join(quoted(one) for one in value) + "]"
