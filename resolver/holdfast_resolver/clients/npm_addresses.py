"""Where npm fetches what a packument links to: from the configured registry, where the public one is named.

    https://<public registry>/chalk/-/chalk-4.1.2.tgz  -->  https://mirror.example/npm/chalk/-/chalk-4.1.2.tgz

As npm's `replace-registry-host` does by default: mirrors hand out packuments as they came. Sends nothing.
"""

from holdfast_resolver.clients.defaults import default_npm_registry_url
from holdfast_resolver.clients.urls import split_url


def own_address(url: str, registry: str) -> str:
    """Return where something that a registry links to is had; `registry` is its URL."""
    link, base = split_url(url), split_url(registry)
    if not link.scheme or link.host == base.host or link.host != split_url(default_npm_registry_url()).host:
        return url
    end = registry.index("://") + 3
    slash = registry.find("/", end)
    origin, folder = (registry, "") if slash < 0 else (registry[:slash], registry[slash:].rstrip("/"))
    return f"{origin}{link.rest}" if link.rest.startswith(folder + "/") else f"{origin}{folder}{link.rest}"
