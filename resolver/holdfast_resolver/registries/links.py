"""Links of an index page made absolute, without fragment and credentials, http(s) or file only.

Knows RFC 3986 through `urllib.parse`; never opens anything.
"""

import re
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

# Links that need no thought, nearly all of a real page.
_ABSOLUTE = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,4})?/[A-Za-z0-9._~%!$&'()*+,;=:@/-]*")
_RELATIVE = re.compile(r"((?:\.\./)*+|/)([A-Za-z0-9_~%!$&'()*+,;=@-][A-Za-z0-9._~%!$&'()*+,;=@/-]*)")
_AUTHORITY = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?")
_PATH_SAFE = "/%:@!$&'()*+,;=~"


def clean_url(text: str, schemes: tuple[str, ...] = ("http", "https")) -> str:
    """Return `text` without credentials and fragment, percent-encoded; "" if not of `schemes`."""
    try:
        parts = urlsplit(text)
        authority = parts.netloc.rpartition("@")[2]
        _ = parts.port  # raises when it is no port
        path = quote(parts.path, safe=_PATH_SAFE)
        query = quote(parts.query, safe=_PATH_SAFE + "?")
    except ValueError:  # includes UnicodeEncodeError of a lone surrogate
        return ""
    if parts.scheme not in schemes:
        return ""
    if parts.scheme == "file":
        return urlunsplit(("file", "", path, "", "")) if authority in ("", "localhost") else ""
    if _AUTHORITY.fullmatch(authority) is None:
        return ""
    return urlunsplit((parts.scheme, authority, path, query, ""))


class Links:
    """The links of one page."""

    def __init__(self, page_url: str, base_href: str = "") -> None:
        """`base_href` is the page's `<base href>`, relative to the page's own URL."""
        # Only a page that is a local file may point at local files.
        local = page_url[:5].lower() == "file:"
        self._schemes = ("http", "https", "file") if local else ("http", "https")
        base = self._joined(page_url, base_href) if base_href else page_url
        self._base = clean_url(base, self._schemes)
        self._folders: dict[str, str] = {}

    def absolute(self, href: str) -> str:
        """Return the absolute URL of `href`, or "" when it is none that may be fetched."""
        if _ABSOLUTE.fullmatch(href):
            return href
        match = _RELATIVE.fullmatch(href)
        if match is None or "/." in href[len(match[1]) :] or "//" in href:
            return clean_url(self._joined(self._base, href.strip()), self._schemes)
        prefix, rest = match.groups()
        folder = self._folders.get(prefix)
        if folder is None:
            folder = self._folders[prefix] = clean_url(self._joined(self._base, prefix or "./"), self._schemes)
        return folder and folder + rest

    @staticmethod
    def _joined(base: str, href: str) -> str:
        try:
            return urljoin(base, href)
        except ValueError:  # such as "http://[::1/"
            return ""
