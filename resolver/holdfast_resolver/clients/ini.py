"""The ini dialect of pip's configuration files, read without `configparser`, whose import costs start-up
time.

    [global]
    index-url = https://packages.example/simple/
    extra-index-url =
        https://one.example/simple/
        https://two.example/simple/

Knows sections, keys and continuation lines; knows no key of pip.
"""

from __future__ import annotations  # start-up: annotations are not evaluated


def read_ini(content: bytes, origin: str) -> dict[str, dict[str, str]]:
    """Sections with their keys; keys in lower case with "-" for "_", values stripped, their lines joined by
    LF.

    Follows `configparser.RawConfigParser`: full-line comments with `#` or `;`, `=` or `:` between key and
    value, deeper indented lines continue a value. Raises `ClientSettingsError` with the line that is none of
    these.
    """
    sections: dict[str, dict[str, str]] = {}
    section: dict[str, str] | None = None
    key, key_indent = "", 0
    text = content.decode("utf-8-sig", "surrogateescape")
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped[0] in "#;":
            continue
        indent = len(line) - len(line.lstrip())
        if section is not None and key and indent > key_indent:
            section[key] = f"{section[key]}\n{stripped}".strip()
        elif stripped[0] == "[" and "]" in stripped:
            section = sections.setdefault(stripped[1 : stripped.index("]")], {})
            key = ""
        else:
            at = min((at for at in map(stripped.find, "=:") if at > 0), default=-1)
            if at < 0 or section is None:
                from holdfast_resolver.errors import ClientSettingsError

                raise ClientSettingsError(f"{origin}, line {number}", "a [section] or key = value")
            key, key_indent = stripped[:at].rstrip().lower().replace("_", "-").removeprefix("--"), indent
            section[key] = stripped[at + 1 :].strip()
    return sections
