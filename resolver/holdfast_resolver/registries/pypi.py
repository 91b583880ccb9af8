"""The PyPI protocol as one value behind the port: simple index, wheels, sdists.

Only joins the files that know; see `pypi_listing`, `wheel_metadata`, `sdist_metadata`, `core_metadata`.
"""

from holdfast_resolver.registries.core_metadata import parse_core_metadata
from holdfast_resolver.registries.port import Registry
from holdfast_resolver.registries.pypi_listing import listing_request, parse_listing
from holdfast_resolver.registries.sdist_metadata import sdist_metadata
from holdfast_resolver.registries.wheel_metadata import wheel_metadata


class PypiRegistry:
    """Implements `port.Registry`."""

    listing_request = staticmethod(listing_request)
    parse_listing = staticmethod(parse_listing)
    wheel_metadata = staticmethod(wheel_metadata)
    sdist_metadata = staticmethod(sdist_metadata)
    parse_core_metadata = staticmethod(parse_core_metadata)


PYPI: Registry = PypiRegistry()
