"""Index pages for tests: one package `foo`, as JSON and as HTML."""

import hashlib
import json
from collections.abc import Mapping

URL = "https://index.example/simple/foo/"
JSON = "application/vnd.pypi.simple.v1+json"
HASH = hashlib.sha256(b"").hexdigest()
SHA512 = hashlib.sha512(b"").hexdigest()
FILE = "https://files.example/foo-1.0.tar.gz"
A = f'<a href="{FILE}">foo-1.0.tar.gz</a>'


def json_page(*files: Mapping[str, object], **more: object) -> bytes:
    return json.dumps({"meta": {"api-version": "1.1"}, "name": "foo", "files": files} | more).encode()


def html_page(*anchors: str, head: str = "") -> bytes:
    body = "<br/>\n".join(anchors)
    top = f"<!DOCTYPE html>\n<html>\n<head>{head}<title>Links for foo</title></head>\n"
    return f"{top}<body>\n{body}\n</body>\n</html>".encode()
