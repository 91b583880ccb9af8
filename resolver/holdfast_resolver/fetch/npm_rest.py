"""The rest of a packument: the answer as it arrived, kept beside a record that has lines for some releases only.

    <package>.packument   the record        <package>.rest   the answer: gzip, or the JSON itself

A lock wants the newest releases of a package nearly always, and others seldom: those are read when one is wanted, all
at once, and the record is replaced by one that has every line. Nothing is asked of a registry for it.
"""

from __future__ import annotations

from zlib import crc32

from holdfast_resolver.errors import RegistryAnswerInvalid
from holdfast_resolver.fetch.bodies import inflated
from holdfast_resolver.fetch.cache import replace_file, rest_path
from holdfast_resolver.fetch.npm_records import FULL, NpmRecord, parse
from holdfast_resolver.fetch.press import LARGEST_PAGE, Page, press
from holdfast_resolver.fetch.retries import Failure
from holdfast_resolver.values.wishes import Source

_GZIP = b"\x1f\x8b"
_NOWHERE = Source("npm", "npm", "", "npm")  # the answer was accepted once; no error of it is shown


def completed(path: str, answer: bytes, stated: list[str]) -> NpmRecord | None:
    """Return the record at `path` with every line; None where the answer is gone, or is not the one it was made from.

    `answer` is b"" where a file has it; `stated` are the fields of the record's second line.
    """
    name, fetched, fresh_for, etag, last_modified, form, seal = stated
    try:
        if not answer:
            with open(rest_path(path), "rb", buffering=0) as stream:
                answer = stream.read()
        if f"{crc32(answer):08x}" != seal:
            return None
        body = inflated([answer], LARGEST_PAGE) if answer.startswith(_GZIP) else answer
        page = Page(_NOWHERE, name, "", "", body, int(fetched), int(fresh_for), etag, last_modified, form == FULL)
        data = press(page).record
    except (OSError, Failure, RegistryAnswerInvalid):
        return None
    try:
        if path:
            replace_file(path, data)
    except OSError:
        path = ""  # then it is kept in memory
    return parse(data, path=path)
