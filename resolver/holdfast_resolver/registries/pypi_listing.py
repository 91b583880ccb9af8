"""A page of the simple index, as JSON (PEP 691) or HTML (PEP 503), turned into a `Listing`.

Knows the two formats and what their fields mean (PEP 592, 629, 658, 691, 700, 714, 740). Never asks for a
page, and never judges which file is wanted.
"""

from urllib.parse import unquote

from holdfast_resolver.registries.faults import AnswerFaultError, answer_of
from holdfast_resolver.registries.file_names import FileNames
from holdfast_resolver.registries.html_anchors import MAX_ANCHORS, read_page
from holdfast_resolver.registries.json_answers import Place, read_json
from holdfast_resolver.registries.links import Links
from holdfast_resolver.registries.port import Request
from holdfast_resolver.registries.upload_times import utc_time
from holdfast_resolver.values.artifacts import Artifact, Listing
from holdfast_resolver.values.digests import strongest
from holdfast_resolver.values.names import normalize_name
from holdfast_resolver.values.wishes import Source

ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01"

_FORMATS = {
    "application/vnd.pypi.simple.v1+json": "json",
    "application/vnd.pypi.simple.latest+json": "json",
    "application/json": "json",
    "application/vnd.pypi.simple.v1+html": "html",
    "application/vnd.pypi.simple.latest+html": "html",
    "application/xhtml+xml": "html",
    "text/html": "html",
}
_UNHASHED = "unhashed"
_METADATA_KEYS = ("core-metadata", "dist-info-metadata", "data-dist-info-metadata")


def listing_request(source: Source, base_url: str, name: str) -> Request:
    """The request for the listing of `name` (normalised) under `base_url`, the simple index's own URL."""
    return Request(source.name, name, f"{base_url.rstrip('/')}/{name}/", accept=ACCEPT)


def parse_listing(name: str, body: bytes, content_type: str, url: str, source: str = "") -> Listing:
    """Read an index page of the package `name` (normalised).

    `url` is where the page came from, after redirects: relative links start there. `content_type` is the
    header's value; "" (a local file) lets the body decide. Raises `RegistryAnswerInvalid`, with `source`
    and `name` in it.
    """
    with answer_of(source, name, url):
        text = _decode(body, content_type)
        if _format(text, content_type) == "json":
            return _from_json(name, text, url)
        return _from_html(name, text, url)


def _decode(body: bytes, content_type: str) -> str:
    _, _, charset = content_type.lower().partition("charset=")
    charset = charset.partition(";")[0].strip(" \"'")
    # Other encodings than these two have not been seen on an index; names and hashes are ASCII in any case.
    encoding = "latin-1" if charset in ("iso-8859-1", "latin-1", "latin1") else "utf-8"
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        raise AnswerFaultError(
            f"expected text in UTF-8, found byte {body[error.start]:#04x} at {error.start}"
        ) from error
    if "\0" in text:
        raise AnswerFaultError("expected a page of text, found binary data")
    return text.removeprefix("\ufeff")


def _format(text: str, content_type: str) -> str:
    """Return "json" or "html"; the body must not contradict what the header promises."""
    start = text[:64].lstrip()[:1]
    media_type = content_type.partition(";")[0].strip().lower()
    if not media_type:
        return "json" if start in ("{", "[") else "html"
    promised = _FORMATS.get(media_type)
    if promised is None:
        raise AnswerFaultError(f"expected a simple index page as JSON or HTML, found content type {media_type[:80]!r}")
    if promised == "json" and start == "<":
        raise AnswerFaultError(f"JSON was promised (content type {media_type}), HTML was delivered")
    if promised == "html" and start == "{":
        raise AnswerFaultError(f"HTML was promised (content type {media_type}), JSON was delivered")
    return promised


def _from_html(name: str, text: str, url: str) -> Listing:
    page = read_page(text)
    if not page.anchors and not page.is_html:
        raise AnswerFaultError("expected an HTML page of links, found neither a link nor <html>")
    if page.api_version:
        _check_api_version(page.api_version)
    absolute = Links(url, page.base).absolute
    names = FileNames(name)
    read_name = names.read
    artifacts: list[Artifact] = []
    skipped: list[str] = []
    versions: set[str] = set()
    for href, digest, attributes in page.anchors:
        path = href[: href.index("?")] if "?" in href else href
        file = path[path.rfind("/") + 1 :]
        if "%" in file:
            file = unquote(file)
        kind, version = read_name(file)
        if version in versions and not names.may_serve(file):
            continue  # half of a large page: wheels for Pythons and machines that no target is
        address = absolute(href) if version else ""
        if not address:
            if kind:
                skipped.append(_printable(file))
            continue
        versions.add(version)
        get = attributes.get
        provenance = get("data-provenance", "")
        upload_time = get("data-upload-time", "")
        artifacts.append(
            Artifact(
                file,
                version,
                address,
                digest,
                get("data-requires-python", "").strip(),
                get("data-yanked"),
                upload_time and utc_time(upload_time),
                _html_metadata(get("data-core-metadata", get("data-dist-info-metadata", ""))),
                provenance and absolute(provenance),
            )
        )
    return _listing(name, artifacts, skipped)


def _html_metadata(value: str) -> str:
    """The sidecar as an attribute tells it (PEP 714): `true` or `sha256=<hex>`."""
    if not value or value == "false":
        return ""
    algorithm, _, digest = value.partition("=")
    return strongest({algorithm: digest}) or _UNHASHED


def _from_json(name: str, text: str, url: str) -> Listing:
    answer = Place("")
    page = answer.mapping(read_json(text))
    meta = answer.required(page, "meta", dict)
    _check_api_version(Place("meta").required(meta, "api-version", str))
    told = answer.optional(page, "name", str) or name
    if normalize_name(told) != name:
        raise AnswerFaultError(f"expected the page of {name}, found the page of {told[:80]!r}")
    files: list[object] = answer.required(page, "files", list)
    if len(files) > MAX_ANCHORS:
        raise AnswerFaultError(f"expected at most {MAX_ANCHORS} files, found {len(files)}")
    links = Links(url)
    names = FileNames(name)
    artifacts: list[Artifact] = []
    skipped: list[str] = []
    versions: set[str] = set()
    for index, value in enumerate(files):
        artifact = _json_artifact(Place(f"files[{index}]"), value, links, names, skipped)
        if artifact is not None and (artifact.version not in versions or names.may_serve(artifact.file)):
            versions.add(artifact.version)
            artifacts.append(artifact)
    return _listing(name, artifacts, skipped)


def _json_artifact(place: Place, value: object, links: Links, names: FileNames, skipped: list[str]) -> Artifact | None:
    entry = place.mapping(value)
    file = place.required(entry, "filename", str)
    kind, version = names.read(file)
    address = links.absolute(place.required(entry, "url", str)) if version else ""
    if not address:
        if kind:
            skipped.append(_printable(file))
        return None
    provenance = place.optional(entry, "provenance", str) or ""
    upload_time = place.optional(entry, "upload-time", str) or ""
    return Artifact(
        file,
        version,
        address,
        strongest(place.strings(entry, "hashes")),
        (place.optional(entry, "requires-python", str) or "").strip(),
        _json_yanked(place, entry),
        upload_time and utc_time(upload_time),
        _json_metadata(place, entry),
        provenance and links.absolute(provenance),
    )


def _json_yanked(place: Place, entry: dict[str, object]) -> str | None:
    """PEP 691: true, or a reason that is not empty; anything false means not yanked."""
    yanked = entry.get("yanked")
    if isinstance(yanked, bool):
        return "" if yanked else None
    return place.optional(entry, "yanked", str) or None


def _json_metadata(place: Place, entry: dict[str, object]) -> str:
    """The sidecar as JSON tells it (PEP 714): true, or its hashes; the newest spelling of the key wins."""
    for key in _METADATA_KEYS:
        if key in entry:
            told = entry[key]
            if told is None or isinstance(told, bool):
                return _UNHASHED if told else ""
            return strongest(place.strings(entry, key)) or _UNHASHED
    return ""


def _check_api_version(text: str) -> None:
    """PEP 629: a client must refuse a major version that it does not know."""
    major, dot, minor = text.partition(".")
    if major != "1" or not dot or not minor.isdecimal():
        raise AnswerFaultError(f"expected API version 1.x, found {text[:40]!r}")


def _listing(name: str, artifacts: list[Artifact], skipped: list[str]) -> Listing:
    """Join the files; one named twice must be the same file."""
    by_file = {artifact.file: artifact for artifact in reversed(artifacts)}
    if len(by_file) != len(artifacts):
        for artifact in artifacts:
            if artifact.hash != by_file[artifact.file].hash:
                raise AnswerFaultError(f"{artifact.file} is listed twice with different hashes")
        artifacts = [by_file[file] for file in dict.fromkeys(artifact.file for artifact in artifacts)]
    return Listing(name, tuple(artifacts), tuple(skipped))


def _printable(file: str) -> str:
    return file if file.isprintable() else ascii(file)
