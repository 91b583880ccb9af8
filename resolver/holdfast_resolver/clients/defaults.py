"""The public default index of the ecosystem, taken from the package-URL type definitions.

No host name is written here; `packageurl` is imported only when the URL is really needed.
"""

from holdfast_resolver.clients.urls import split_url


def default_index_url() -> str:
    """The simple index of the public default registry, with a final "/"."""
    from packageurl.validate import PypiTypeDefinition  # start-up: only when a request is made

    return str(PypiTypeDefinition.default_repository_url).rstrip("/") + "/simple/"


def default_npm_registry_url() -> str:
    """The public default registry of npm packages, with a final "/"."""
    from packageurl.validate import NpmTypeDefinition  # start-up: only when a request is made

    return str(NpmTypeDefinition.default_repository_url).rstrip("/") + "/"


def is_default_npm_registry(url: str) -> bool:
    """Is this configured URL the public default itself? Its shape spares most others the import."""
    parts = split_url(url)
    likely = parts.scheme == "https" and parts.port == 443 and parts.rest in ("", "/") and parts.host.count(".") == 2
    return likely and parts.host == split_url(default_npm_registry_url()).host


def is_default_index(url: str) -> bool:
    """Is this configured URL the public default itself?

    Most configured URLs are ruled out by their shape (https, default port, `/simple`, a host of two labels),
    which spares a warm run the import.
    """
    parts = split_url(url)
    likely = (
        parts.scheme == "https"
        and parts.port == 443
        and parts.rest.rstrip("/") == "/simple"
        and parts.host.count(".") == 1
    )
    return likely and parts[:1] + parts[2:4] == split_url(default_index_url())[:1] + split_url(default_index_url())[2:4]
