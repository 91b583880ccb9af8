"""`cache dir`, `cache size`, `cache clear`. Needs no project; removes nothing that is not holdfast's own."""

from collections.abc import Mapping

from holdfast.cli.console import Console
from holdfast.cli.exits import CLEAN
from holdfast.cli.project import cache_folder
from holdfast.cli.sizes import count, in_words
from holdfast.cli.words import Arguments
from holdfast_resolver.fetch.upkeep import Part, clear, measure

_WHAT = {"v1": "what the indexes said", "modules": "what module registries said", "store": "verified artifacts"}


def cache(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Show the folder, show its size, or empty it."""
    folder = cache_folder(arguments, environment)
    action = arguments.text("action")
    if action == "dir":
        console.result(f"{folder}\n")
    elif action == "size":
        parts = measure(folder)
        console.result("".join([_row(part.name, part, _WHAT[part.name]) for part in parts]))
        console.result(_row("total", _total(parts), folder))
    else:
        parts = clear(folder)
        total = _total(parts)
        console.line(f"removed {count(total.files, 'file')}, {in_words(total.size)}, from {folder}")
        if total.left:
            console.note(f"note: {count(total.left, 'file')} of somebody else's left there")
    return CLEAN


def _total(parts: tuple[Part, ...]) -> Part:
    return Part(
        "total", sum(part.files for part in parts), sum(part.size for part in parts), sum(part.left for part in parts)
    )


def _row(name: str, part: Part, text: str) -> str:
    return f"{name:<8}{count(part.files, 'file'):>12}{in_words(part.size):>12}  {text}\n"
