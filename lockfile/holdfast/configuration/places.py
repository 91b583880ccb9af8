"""Where something new goes in a TOML text that does not have it yet: an array of requirements, a line, a table.

Knows the usual layout: a key at the end of its table, a table behind its relatives. Must never touch what is
there already.
"""

from typing import Any

from holdfast_resolver.errors import ManifestError
from holdfast_resolver.manifests.toml import KeyPath, Span, TomlDocument, key_path, parse_toml


def create_array(document: TomlDocument, keys: KeyPath) -> str:
    """Return the document's text with an empty array at `keys`; the text around the insertion stays as it is.

    Raises `ManifestError` where the layout leaves no place for it.
    """
    table = keys[:-1]
    known = headers(document)
    newline = "\r\n" if "\r\n" in document.text else "\n"
    line = f"{key_path(keys[-1:])} = []{newline}"
    if table in known:
        text = inserted(document, section_end(document, known, table), line, newline)
    elif value_at(document, table) is None and (table[0] != "project" or ("project",) in known):
        block = f"{newline}[{key_path(table)}]{newline}{line}"
        text = inserted(document, _family_end(document, known), block, newline)
    else:
        text = _by_tomlkit(document, keys)
    _check(document, text, keys)
    return text


def headers(document: TomlDocument) -> dict[KeyPath, Span]:
    """Return the tables that have a header: `[a.b]`, `[[a]]`; not inline tables, not dotted keys."""
    return {
        keys: span
        for keys, span in document.spans().items()
        if document.text[span.start] == "[" and isinstance(value_at(document, keys), dict)
    }


def section_end(document: TomlDocument, known: dict[KeyPath, Span], table: KeyPath) -> int:
    """Return the offset of the line after the last value under the header of `table`; `known` are all headers."""
    header = known[table]
    after = min((span.start for span in known.values() if span.start > header.start), default=len(document.text))
    last = max(span.end for span in document.spans().values() if header.start <= span.start < after)
    end = document.text.find("\n", last)
    return len(document.text) if end < 0 else end + 1


def _family_end(document: TomlDocument, known: dict[KeyPath, Span]) -> int:
    # Behind the last of [project], [project.*], [dependency-groups]; the end of the file without any.
    family = [keys for keys in known if keys[0] in ("project", "dependency-groups")]
    if not family:
        return len(document.text)
    return section_end(document, known, max(family, key=lambda keys: known[keys].start))


def inserted(document: TomlDocument, offset: int, block: str, newline: str) -> str:
    """Return the text with whole lines put in at the start of a line; a `block` with a blank first line is set off."""
    before, after = document.text[:offset], document.text[offset:]
    if before and not before.endswith("\n"):
        before += newline
    if not before:
        block = block.lstrip("\r\n")
    if block.startswith(newline) and after.strip() and not after.startswith(("\n", "\r\n")):
        block += newline
    return before + block + after


def _by_tomlkit(document: TomlDocument, keys: KeyPath) -> str:
    # `project.name = "web"` and `project = { name = "web" }` have no header to write under.
    import tomlkit  # start-up: 60 ms, and few files need it

    parsed = tomlkit.parse(document.text)
    table: Any = parsed
    for key in keys[:-1]:
        table = table.setdefault(key, {})
    table[keys[-1]] = []
    return tomlkit.dumps(parsed)


def value_at(document: TomlDocument, keys: KeyPath) -> Any:
    """Return the value at `keys`, None where there is none."""
    value: Any = document.data
    for key in keys:
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and isinstance(key, int):
            value = value[key]
        else:
            return None
    return value


def _check(before: TomlDocument, text: str, keys: KeyPath) -> None:
    # The new text is the old one with one piece put in, and reads as the old one with an empty array more.
    old = before.text
    start = 0
    shortest = min(len(old), len(text))
    while start < shortest and old[start] == text[start]:
        start += 1
    kept = len(old) - start
    fits = len(text) >= len(old) and (kept == 0 or text.endswith(old[start:]))
    if not fits or value_at(parse_toml(text.encode(), before.path), keys) != []:
        raise ManifestError(
            before.path,
            f"a place for {key_path(keys)}",
            hint=f"write an empty array {key_path(keys)} by hand, then repeat the command",
        )
