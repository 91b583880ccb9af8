"""Edits of `[[approver]]` in `holdfast.toml` or `[tool.holdfast]`: an approver more, in the file's own style.

Knows how the new table is written; what makes an approver is `approvers`' to say. Whatever was written is read again
and compared. Must never read or write a file.
"""

from typing import Any

from holdfast.configuration.approvers import read_approvers
from holdfast.configuration.arrays import quoted
from holdfast.configuration.edit_tables import append_table, edited
from holdfast.configuration.edit_trust import base_of
from holdfast.configuration.tables import Table
from holdfast.errors import UsageError
from holdfast.model.security import Approver
from holdfast_resolver.manifests.toml import TomlDocument, parse_toml

_PATH = "holdfast.toml"
_HINT = "edit [[approver]] by hand, then look at it with `holdfast status`"


def add_approver(text: str, approver: Approver, path: str = _PATH) -> str:
    """Return `text` with one `[[approver]]` more, behind the others; only name, key, role and emails are written.

    Raises `UsageError` for a name or a key that an approver has already; `ConfigurationError` for an approver that
    could not be read again, and for a file that cannot; `ManifestError`.
    """
    document = parse_toml(text.encode(), path)
    for other in _read(document):
        if other.id == approver.id:
            raise UsageError(f"a key that no other approver has; {other.name} has it", approver.id)
        if other.name == approver.name:
            raise UsageError("a name that no other approver has", approver.name)
    values: dict[str, Any] = {"name": approver.name, "key": approver.key, "role": approver.role}
    values["emails"] = list(approver.emails)
    values = {key: value for key, value in values.items() if value}
    pairs = [(key, _literal(value)) for key, value in values.items()]

    def change(data: dict[str, Any]) -> None:
        for key in base_of(path):
            data = data.setdefault(key, {})
        data.setdefault("approver", []).append(values)

    written = edited(document, append_table(document, (*base_of(path), "approver"), pairs), change, _HINT)
    _read(written)
    return written.text


def _read(document: TomlDocument) -> tuple[Approver, ...]:
    data: Any = document.data
    for key in base_of(document.path):
        data = data.get(key, {})
    return read_approvers(Table(document, base_of(document.path), data))


def _literal(value: str | list[str]) -> str:
    return quoted(value) if isinstance(value, str) else "[" + ", ".join(quoted(one) for one in value) + "]"
