"""Module init: a folder becomes a module that can be packed. Never prints; nothing that is there is overwritten."""

from holdfast.errors import UsageError
from holdfast.publish.module_text import manifest_text, readme_text
from holdfast.workflows.port import Files
from holdfast_resolver.values.modules import MANIFEST

README = "README.md"
_READMES = ("README.md", "README", "README.txt", "README.rst", "readme.md")


def init_module(files: Files, name: str) -> tuple[str, ...]:
    """Write `module.toml`, and a README where there is none; return the names of the files written.

    `name` is a module's name. The manifest is written last, so that a killed run can be repeated. Raises
    `UsageError` where there is a manifest.
    """
    if files.read(MANIFEST) is not None:
        raise UsageError(f"a folder without a {MANIFEST}", "one", "`holdfast module inspect` shows what it says")
    texts = {} if any(files.read(readme) is not None for readme in _READMES) else {README: readme_text(name)}
    texts[MANIFEST] = manifest_text(name)
    for path, text in texts.items():
        files.write(path, text.encode())
    return tuple(texts)
