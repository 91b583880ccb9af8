"""JSON and HTML, the fast HTML reader and the plain one: all tell the same."""

import html

from hypothesis import given
from hypothesis import strategies as st

from holdfast_resolver.errors import RegistryAnswerInvalid
from holdfast_resolver.registries import html_anchors
from holdfast_resolver.registries.faults import AnswerFaultError
from holdfast_resolver.registries.pypi_listing import parse_listing
from tests.resolver.registries.pages import FILE, HASH, JSON, SHA512, URL, A, html_page, json_page

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12).map(str.strip)
TIMES = st.sampled_from(["2024-01-02T03:04:05Z", "2024-01-02T03:04:05.25Z", "2024-01-02T03:04:05-01:00", "never"])
FILES = st.fixed_dictionaries(
    {
        "filename": st.builds(
            lambda name, version, tail: f"{name}-{version}{tail}",
            st.sampled_from(["foo", "Foo", "bar", "foo_x"]),
            st.sampled_from(["1.0", "2.0rc1", "1.0+l.1", "x"]),
            st.sampled_from([".tar.gz", ".zip", "-py3-none-any.whl", "-1-cp312-cp312-win32.whl", ".egg", ".tgz"]),
        ),
        "folder": st.sampled_from(["https://files.example/a/", "../../p/", "/p/", "", "https://u:p@files.example/"]),
        "hashes": st.sampled_from([{}, {"sha256": HASH}, {"sha512": SHA512}, {"md5": "00"}]),
    },
    optional={
        "requires-python": TEXT | st.sampled_from([">=3.8", "<4,>=3", "!=3.0.*"]),
        "yanked": TEXT.filter(bool) | st.just(True),
        "core-metadata": st.sampled_from([True, False, {"sha256": HASH}]),
        "upload-time": TIMES,
        "provenance": st.sampled_from(["https://index.example/p", "p"]),
    },
)


def as_anchor(entry: dict[str, object], style: int) -> str:
    """Render one file as an anchor: style 0 regular, 1 in single quotes, 2 in capitals over several lines."""
    hashes = entry["hashes"]
    assert isinstance(hashes, dict)
    fragment = "".join(f"#{key}={value}" for key, value in hashes.items())
    href = f"{entry['folder']}{str(entry['filename']).replace('+', '%2B')}{fragment}"
    pairs = {"href": href}
    for key in ("requires-python", "yanked", "core-metadata", "upload-time", "provenance"):
        value = entry.get(key)
        if isinstance(value, dict):
            value = "=".join(*value.items())
        elif isinstance(value, bool):
            value = "" if key == "yanked" else str(value).lower()
        if value is not None:
            pairs[f"data-{key}"] = html.escape(str(value))
    quote, space, tag = [('"', " ", "a"), ("'", " ", "a"), ('"', "\n\t", "A")][style]
    written = "".join(f"{space}{key}={quote}{value}{quote}" for key, value in pairs.items())
    return f"<{tag}{written}>{html.escape(str(entry['filename']))}</{tag}>"


def outcome(body: bytes, content_type: str) -> object:
    try:
        return parse_listing("foo", body, content_type, URL)
    except RegistryAnswerInvalid as error:
        return error.detail


@given(st.lists(FILES, max_size=6), st.integers(0, 2))
def test_a_page_gives_the_same_listing_as_html_and_as_json(entries: list[dict[str, object]], style: int) -> None:
    """PEP 691: "the same information", whichever format carries it and however the HTML is written."""
    files = [entry | {"url": f"{entry['folder']}{str(entry['filename']).replace('+', '%2B')}"} for entry in entries]
    page = html_page(*(as_anchor(entry, style) for entry in entries))
    assert outcome(page, "text/html") == outcome(json_page(*files), JSON)


def readers_agree(text: str) -> bool:
    """Whether the fast reader gives way or gives what `html.parser` gives."""
    try:
        fast = html_anchors.read_regular_page(text)
    except AnswerFaultError as fault:
        fast_fault = fault.detail
        try:
            html_anchors.read_any_page(text)
        except AnswerFaultError as plain_fault:
            return fast_fault == plain_fault.detail
        return False
    return fast is None or fast == html_anchors.read_any_page(text)


@given(st.lists(FILES, max_size=4))
def test_regular_pages_take_the_fast_reader(entries: list[dict[str, object]]) -> None:
    """What indexes write is read by the fast reader, and `html.parser` finds the same."""
    text = html_page(*(as_anchor(entry, 0) for entry in entries)).decode()
    assert html_anchors.read_regular_page(text) is not None
    assert readers_agree(text)


PIECES = st.sampled_from(
    [
        "<a href=",
        '"',
        "'",
        ">",
        "<",
        "</a>",
        A,
        "<!--",
        "-->",
        "<title>",
        "</title>",
        "<script>",
        "</script>",
        "&gt;",
        "&amp",
        "&#62;",
        "&copy=1",
        " data-yanked",
        '="x"',
        "\n",
        "text",
        "<br/>",
        "<html>",
        "</html>",
        "<!DOCTYPE html>",
        "<body>",
        "=",
        "/",
        '<meta name="pypi:repository-version" content="1.0">',
        '<base href="/x/">',
        "\u00a0",
        "\u00e9",
        "#",
        "sha256=",
    ]
)


@given(st.lists(PIECES, max_size=14).map("".join))
def test_both_html_readers_agree_on_every_soup(text: str) -> None:
    """The fast reader gives way, or finds exactly what `html.parser` finds."""
    assert readers_agree(text)


@given(st.data())
def test_random_damage_of_a_page_raises_nothing_else(data: st.DataObject) -> None:
    """Mutated bytes of either format give a listing or `RegistryAnswerInvalid`."""
    entry = {
        "filename": "foo-1.0.zip",
        "url": FILE,
        "hashes": {"sha256": HASH},
        "yanked": True,
        "core-metadata": True,
    }
    content_type, page = data.draw(
        st.sampled_from([("text/html", html_page(A, A.upper())), (JSON, json_page(entry)), ("", html_page(A))])
    )
    at = data.draw(st.integers(0, len(page)))
    noise = data.draw(st.binary(max_size=8) | PIECES.map(str.encode))
    outcome(page[:at] + noise + page[at + data.draw(st.integers(0, 8)) :], content_type)
