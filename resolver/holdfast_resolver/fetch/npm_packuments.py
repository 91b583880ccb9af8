"""Fetching one packument: the registry's short form where that is enough, else the full one.

Runs in a thread of the crew. The short form of some registries leaves `libc` out, so a package whose short form names
Linux and no libc is asked for in full: what is locked must not depend on the form that was served.
"""

from holdfast_resolver.errors import RegistryAnswerInvalid
from holdfast_resolver.fetch.cache import Cache
from holdfast_resolver.fetch.index import Absent, ListingNeed
from holdfast_resolver.fetch.npm_records import SHORT_LINUX, NpmRecord
from holdfast_resolver.fetch.press import Press, fresh_for, page_of
from holdfast_resolver.fetch.records import Record
from holdfast_resolver.fetch.retries import Failure
from holdfast_resolver.fetch.transport import Transport
from holdfast_resolver.registries.npm_packument import packument_request


def fetch_packument(
    need: ListingNeed,
    stale: Record | NpmRecord | None,
    base_url: str,
    transport: Transport,
    cache: Cache,
    press: Press,
    now: int,
    packed: bool = True,
) -> NpmRecord | Absent:
    """Fetch, distil and cache what a need of a source of kind "npm" asks for.

    `stale` is the cached record that may only want confirming. Raises what `Transport.send` raises, and
    `RegistryAnswerInvalid`.
    """
    source, name, full = need
    request = packument_request(source, base_url, name, full=full)._replace(packed=packed and press.unpacks)
    if stale is not None:
        request = request._replace(etag=stale.etag, last_modified=stale.last_modified)
    response = transport.send(request)
    if response.status == 404:
        return Absent(source, name)
    if response.status == 304:
        data = cache.confirmed(source, name, now, fresh_for(response))
        record = None if data is None else cache.keep_packument(source, name, data)
        if record is None:  # the record was damaged meanwhile: ask without validators
            return fetch_packument(need, None, base_url, transport, cache, press, now)
    else:
        try:
            record = press.make_packument(page_of(source, name, response, now, full=full))
        except Failure:  # no gzip after all: the transport decodes, tries again, and has the words for what is wrong
            return fetch_packument(need, stale, base_url, transport, cache, press, now, packed=False)
    if record is None:
        raise RegistryAnswerInvalid(source.name, name, request.url, "the packument could not be distilled")
    if record.form == SHORT_LINUX and not full:
        return fetch_packument(need._replace(full=True), None, base_url, transport, cache, press, now)
    return record
