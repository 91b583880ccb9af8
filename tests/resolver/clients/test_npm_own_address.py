"""Where npm fetches what a packument links to."""

import pytest

from holdfast_resolver.clients.defaults import default_npm_registry_url
from holdfast_resolver.clients.npm_addresses import own_address

PUBLIC = default_npm_registry_url()


@pytest.mark.parametrize(
    ("link", "registry", "expected"),
    [
        (f"{PUBLIC}a/-/a-1.0.0.tgz", "https://mirror.example/", "https://mirror.example/a/-/a-1.0.0.tgz"),
        (f"{PUBLIC}a/-/a-1.0.0.tgz", "https://mirror.example/npm/", "https://mirror.example/npm/a/-/a-1.0.0.tgz"),
        (f"{PUBLIC}npm/a/-/a-1.tgz", "http://mirror.example:81/npm/", "http://mirror.example:81/npm/a/-/a-1.tgz"),
        (f"{PUBLIC}a/-/a-1.0.0.tgz", "https://mirror.example", "https://mirror.example/a/-/a-1.0.0.tgz"),
        (f"{PUBLIC}a/-/a-1.0.0.tgz", PUBLIC, f"{PUBLIC}a/-/a-1.0.0.tgz"),
        ("https://files.example/a.tgz", "https://mirror.example/", "https://files.example/a.tgz"),
        ("https://mirror.example/x/a.tgz", "https://mirror.example/npm/", "https://mirror.example/x/a.tgz"),
        ("no address", "https://mirror.example/", "no address"),
    ],
)
def test_what_names_the_public_registry_is_had_from_the_configured_one(link: str, registry: str, expected: str) -> None:
    """Any other address stays as it is."""
    assert own_address(link, registry) == expected
