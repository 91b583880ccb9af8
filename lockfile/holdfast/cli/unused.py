"""Indexes of other clients that are not consulted, as findings with the lines that would map them."""

from holdfast.findings.codes import severity
from holdfast.findings.finding import Finding, Place
from holdfast_resolver.clients.urls import redacted

CODE = "extra-index-unused"


def unused_indexes(extra: list[tuple[str, str]]) -> tuple[Finding, ...]:
    """Return one note per (URL, where it is set)."""
    return tuple(
        Finding(
            CODE,
            severity(CODE),
            redacted(url),
            f'[sources.NAME] with kind = "pypi", url = "{redacted(url)}" and the packages that live there',
            f"set in {origin}, and not consulted",
            place=Place(origin if origin.startswith("/") else ""),
        )
        for url, origin in extra
    )
