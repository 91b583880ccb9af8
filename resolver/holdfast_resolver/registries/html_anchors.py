"""The anchors of an HTML page, as far as a simple index page needs HTML (PEP 503).

Two readers that agree: a regular expression for pages that are regular through and through, which real
indexes write, and `html.parser` for all others. Knows tags and attributes; nothing of packages.

Why the fast reader is sound: the page must be a sequence of complete tokens (text without `<`, a closed
comment, a known tag with double-quoted attributes, a whole anchor). By induction the HTML tokenizer is in
its data state at each boundary, so it finds the same tags. One token of another form, and the page goes to
`html.parser`.
"""

import re
from html import unescape
from html.parser import HTMLParser

from holdfast_resolver.registries.faults import AnswerFaultError
from holdfast_resolver.values.digests import strongest
from holdfast_resolver.values.tuples import NamedTuple

MAX_ANCHORS = 200_000

Anchor = tuple[str, str, dict[str, str]]  # (href without fragment, digest or "", attributes)

_ANCHOR = re.compile(
    r"""<a\ href="([!$%'-;=?-~]*+)                                # href without fragment
    (?:\#(?:sha256=([0-9a-f]{64})(?=")|([!$%'-;=?-~]*+)))?+"     # the usual fragment, or another
    ((?:[ \t\r\n]++[a-z][a-z0-9-]*+(?:="[^"]*+")?+)*+)           # attributes
    [ \t\r\n]*+>[^<]*+</a>""",
    re.VERBOSE,
)
_ANCHOR_STEP = _ANCHOR.groups + 1
_ATTRIBUTE = re.compile(r'([a-z][a-z0-9-]*+)(?:="([^"]*+)")?+')
_FILLER = re.compile(
    r"""(?: [^<]++
    | <!--[^<>-]*+-->
    | <![dD][oO][cC][tT][yY][pP][eE][^<>]*+>
    | <title>[^<]*+</title>
    | <(?:html|head|body|meta|link|h[1-6]|p|br|hr|div|span|ul|ol|li|pre|table|thead|tbody|tr|td|th)
      (?:[ \t\r\n]++[a-z][a-z0-9:-]*+="[^"<>&]*+")*+[ \t\r\n]*+/?>
    | </(?:html|head|body|h[1-6]|p|div|span|ul|ol|li|pre|table|thead|tbody|tr|td|th)>
    )*+""",
    re.VERBOSE,
)
_VERSION_META = re.compile(r'<meta name="pypi:repository-version" content="([^"]*)" ?/?>')
_UPLOADED = ' data-upload-time="'
# Character references whose meaning no parser disputes.
_PLAIN_REFERENCES = re.compile(r"[^&]*(?:&(?:lt|gt|amp|quot|#[0-9]{1,6}|#x[0-9a-fA-F]{1,5});[^&]*)*")


class Page(NamedTuple):
    """What a page holds."""

    anchors: list[Anchor]  # in page order; only those with an href
    base: str  # `<base href>`; "" when there is none
    api_version: str  # `pypi:repository-version` (PEP 629); "" when not told
    is_html: bool  # says of itself that it is HTML: a doctype or an `<html>` tag


def read_page(text: str) -> Page:
    """Read a whole page; raise `AnswerFaultError` if it ends early or holds too many anchors."""
    return read_regular_page(text) or read_any_page(text)


def read_regular_page(text: str) -> Page | None:
    """The fast reader: None when the page is not regular."""
    parts = _ANCHOR.split(text)
    fillers = set(parts[::_ANCHOR_STEP])
    if not all(map(_FILLER.fullmatch, fillers)):
        return None
    _check_count(len(parts) // _ANCHOR_STEP)
    others = "".join(fillers)
    version = _VERSION_META.findall(others)
    if others.count("pypi:repository-version") != len(version) or len(version) > 1:
        return None
    anchors: list[Anchor] = []
    values: dict[str, str] = {}
    heads: dict[str, dict[str, str]] = {}  # attributes but for the time repeat from file to file
    step = _ANCHOR_STEP
    for href, sha256, fragment, written in zip(parts[1::step], parts[2::step], parts[3::step], parts[4::step]):
        digest = "sha256:" + sha256 if sha256 else _digest(fragment or "")
        head, uploaded, tail = written.partition(_UPLOADED)
        if (uploaded and tail.find('"') != len(tail) - 1) or "&" in tail:
            head, uploaded = written, ""
        attributes = heads.get(head)
        if attributes is None:
            attributes = _attributes(head, values)
            if attributes is None:
                return None
            heads[head] = attributes
        if uploaded:
            attributes = {**attributes, "data-upload-time": attributes.get("data-upload-time", tail[:-1])}
        anchors.append((href, digest, attributes))
    is_opened = "<html" in others or "<body" in others
    _check_end(is_opened, "</html>" in others or "</body>" in others)
    return Page(anchors, "", version[0] if version else "", "<html" in others or "<!doctype" in others.lower())


def _attributes(written: str, values: dict[str, str]) -> dict[str, str] | None:
    """The attributes of an anchor, their references resolved; None where a reference is not plain."""
    pairs = _ATTRIBUTE.findall(written)
    attributes = dict(pairs)
    if len(attributes) != len(pairs):
        attributes = dict(reversed(pairs))  # HTML: the first of equal attributes counts
    if "&" in written:
        for key, value in attributes.items():
            if "&" in value:
                known = values.get(value)
                if known is None:
                    if not _PLAIN_REFERENCES.fullmatch(value):
                        return None
                    known = values[value] = unescape(value)
                attributes[key] = known
    return attributes


def read_any_page(text: str) -> Page:
    """The plain reader, for every page."""
    reader = _Reader()
    try:
        # Never `close()`: it would look at an unfinished tag again from each of its characters. A page that
        # ends inside a tag swallows the end mark instead.
        reader.feed(text)
        reader.feed(f"<{_END_MARK}>")
    except (AssertionError, ValueError) as error:
        # `html.parser` asserts on unknown marked sections ("<![x[") and `int` refuses endless character
        # references.
        raise AnswerFaultError("expected an HTML page, found markup that cannot be read") from error
    if not reader.is_ended:
        raise AnswerFaultError("the HTML page ends inside a tag or a comment: it is truncated")
    _check_end(reader.is_opened or reader.is_in_anchor, reader.is_closed)
    return Page(reader.anchors, reader.base or "", reader.api_version or "", reader.is_html)


_END_MARK = "holdfast-end-of-page"


class _Reader(HTMLParser):
    """Collects what `Page` holds."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.anchors: list[Anchor] = []
        self.base: str | None = None
        self.api_version: str | None = None
        self.is_html = self.is_opened = self.is_closed = self.is_in_anchor = self.is_ended = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            attributes = {key: value or "" for key, value in reversed(attrs)}
            self.is_in_anchor = True
            if "href" in attributes:
                _check_count(len(self.anchors) + 1)
                href, _, fragment = attributes.pop("href").strip(" \t\r\n\f").partition("#")
                self.anchors.append((href, _digest(fragment), attributes))
        elif tag == "base":
            base = dict(reversed(attrs)).get("href")
            if self.base is None and base:
                self.base = base.strip(" \t\r\n\f")
        elif tag == "meta":
            values = dict(reversed(attrs))
            if self.api_version is None and values.get("name") == "pypi:repository-version":
                self.api_version = values.get("content") or ""
        elif tag in ("html", "body"):
            self.is_opened = True
            self.is_html = self.is_html or tag == "html"
        elif tag == _END_MARK:
            self.is_ended = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self.is_in_anchor = False
        elif tag in ("html", "body"):
            self.is_closed = True

    def handle_decl(self, decl: str) -> None:
        if decl[:7].lower() == "doctype":
            self.is_html = True


def _digest(fragment: str) -> str:
    """The strongest digest of a fragment such as `sha256=0f..` or `md5=..&sha512=..`; "" for none."""
    if "=" not in fragment:
        return ""
    pairs = (item.partition("=") for item in fragment.split("&"))
    return strongest({key: value for key, _, value in pairs})


def _check_count(count: int) -> None:
    if count > MAX_ANCHORS:
        raise AnswerFaultError(f"expected at most {MAX_ANCHORS} files, found more")


def _check_end(is_opened: bool, is_closed: bool) -> None:
    if is_opened and not is_closed:
        raise AnswerFaultError("the HTML page has no </html> or </body>: it is truncated")
