r"""Names from outside, made harmless for each medium that a report is written in.

    html      <b> & "x"     ->  &lt;b&gt; &amp; &quot;x&quot;
    markdown  a|b `c` @d    ->  numeric references for all but letters, digits and a few harmless characters
    dot       a"b\c&        ->  a\"b\\c&amp;
    mermaid   a"]           ->  a#34;#93;
    script    </script>     ->  \u003c/script\u003e

Control, bidirectional and invisible characters become visible first (`plain`), in every medium. Nothing here knows
what a name means.
"""

import json
from html import escape
from string import ascii_letters, digits

from holdfast.reports.plain import plain

_MARKDOWN = frozenset(ascii_letters + digits + " ,/-")
_MERMAID = frozenset(ascii_letters + digits + " ,./-_@:+")
# What could end a script element (HTML, 4.12.1.3 "Restrictions for contents of script elements").
_IN_SCRIPT = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


def for_html(text: str) -> str:
    """Return text for the content of an element or for an attribute in quotes; XML takes it as well."""
    return escape(plain(text), quote=True)


def for_markdown(text: str, longest: int = 300) -> str:
    """Return text in which no Markdown, HTML, link, mention or table cell begins (CommonMark 0.31, 6.2)."""
    shown = _cut(plain(text), longest)
    return "".join([one if one in _MARKDOWN or ord(one) > 127 else f"&#{ord(one)};" for one in shown])


def code_in_markdown(text: str, longest: int = 300) -> str:
    """Return text in `<code>`, harmless; "" for none."""
    return f"<code>{for_markdown(text, longest)}</code>" if text else ""


def for_dot(text: str) -> str:
    """Return a quoted string of the DOT language; no backslash starts an escape in it, no `&` an entity of HTML."""
    return '"' + plain(text).replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"') + '"'


def for_mermaid(text: str) -> str:
    """Return a quoted label of a Mermaid flowchart: all but harmless ASCII and letters stands as an entity code."""
    shown = plain(text)
    return '"' + "".join([one if one in _MERMAID or ord(one) > 127 else f"#{ord(one)};" for one in shown]) + '"'


def json_in_html(value: object) -> str:
    """Return JSON that may stand in a script element; the values stay exact."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).translate(_IN_SCRIPT)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
