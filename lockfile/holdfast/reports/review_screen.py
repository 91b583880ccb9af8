"""What a reviewer looks at: one screen for a package, a group of packages, or the security configuration.

-- 1 of 4 -- click 8.1.7 -> 8.1.8 ----------------------------
alarm: signer-impersonated
    a signer has the name of another repository or owner
    pallets/click (github:101/a.yml) -> pallets/click (github:999/a.yml)

signed before   pallets/click (github:101/a.yml)
signed now      pallets/click (github:999/a.yml)
pulled in by    pyproject.toml -> flask 3.1.0 -> click 8.1.8
released        2026-11-20, yesterday
waits because   nobody approved it; it needs 2 approvers and an end date

The one file that knows `rich`. Text of others never reaches it as markup, and passes `plain` first. The screen says the
same without colour, in ASCII, and at any width.
"""

import io
from collections.abc import Iterable

from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from holdfast.model.changes import CLASSES, Change
from holdfast.model.lock import Signer
from holdfast.model.review import Entry, ReleaseChange, ReviewGroup, ReviewItem, SecurityItem, Support
from holdfast.reports.change_classes import lines_of
from holdfast.reports.plain import plain
from holdfast.reports.release_facts import age_in_words, files_in_words, unseen_in_words
from holdfast.reports.source_difference import size_in_words
from holdfast_resolver.values.tuples import NamedTuple

NARROWEST = 40  # columns: what is narrower scrolls
_LABEL = 14
_PATHS_FROM = 100  # columns from which a group shows what pulls its packages in
_STYLES = {"alarm": "bold white on red", "error": "red", "warning": "yellow", "note": "cyan"}
_LABELS = "dim"
_INDENT = 4  # columns, below a class


class Look(NamedTuple):
    """How a terminal shows things."""

    width: int = 100  # columns
    colour: bool = False
    lines: bool = True  # whether it can draw what is not ASCII


def render_screen(entry: Entry, place: tuple[int, int], now: str, look: Look) -> str:
    """Return the screen of an entry, number `place[0]` of `place[1]`; `now` is RFC 3339 in UTC, for ages."""
    if isinstance(entry, SecurityItem):
        return _drawn("the security configuration", place, _security(entry), look)
    if len(entry.items) > 1:
        return _drawn(_title_of_group(entry), place, _group(entry, now, look), look)
    return _drawn(title_of(entry.items[0]), place, _package(entry.items[0], now), look)


def render_rows(title: str, rows: Iterable[tuple[str, str]], look: Look) -> str:
    """Return rows of a word and what it means below a title: the keys, the summary of what was decided."""
    found = [(plain(word), plain(text)) for word, text in rows]
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=max([cell_len(word) for word, _ in found], default=0), no_wrap=True)
    table.add_column(overflow="fold")
    for word, text in found:
        table.add_row(Text(word), Text(text))
    return _drawn(title, None, [table], look)


def title_of(item: ReviewItem) -> str:
    """`click 8.1.7 -> 8.1.8`, `click 8.1.8, new`, `click 8.1.7, removed`, `click 8.1.8`, with a source of its own."""
    old, new = ", ".join(item.before), ", ".join(item.after)
    source = f" (from {item.source})" if item.source != "pypi" else ""
    if not old or not new:
        return plain(f"{item.name} {new or old}, {'removed' if old else 'new'}{source}")
    return plain(f"{item.name} {new if old == new else f'{old} -> {new}'}{source}")


def _title_of_group(group: ReviewGroup) -> str:
    names = dict.fromkeys([_short(one) for one in group.items[0].signers_after or group.items[0].signers_before])
    return plain(f"{len(group.items)} packages signed by {' and '.join(names)}")


def _drawn(title: str, place: tuple[int, int] | None, parts: Iterable[RenderableType], look: Look) -> str:
    stream = io.StringIO()
    console = Console(
        file=stream,
        width=max(look.width, NARROWEST),
        force_terminal=look.colour,
        color_system="standard" if look.colour else None,
        no_color=not look.colour,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
        _environ={},
    )
    dash = "─" if look.lines else "-"
    number = f" {place[0]} of {place[1]} {dash * 2}" if place else ""
    head = f"{dash * 2}{number} {title} "
    console.print(Text(head + dash * max(2, console.width - cell_len(head)), style="bold"), overflow="fold")
    for part in parts:
        console.print(part, overflow="fold")
    return "\n".join([line.rstrip(" ") for line in stream.getvalue().split("\n")])


def _package(item: ReviewItem, now: str) -> list[RenderableType]:
    parts: list[RenderableType] = [*_classes(item), Text("")]
    table = _facts()
    _signed(table, item)
    if item.signers_after and not item.signed:
        _row(table, "", ["not every file is signed"])
    if item.signers_after and not item.familiar:
        _row(table, "", ["nobody knows this signer here: no approved package is signed so"])
    for one in item.releases:
        _release(table, one, now, several=len(item.releases) > 1)
    _support(table, item.support, alarm=item.alarm)
    return [*parts, table]


def _group(group: ReviewGroup, now: str, look: Look) -> list[RenderableType]:
    first = group.items[0]
    parts: list[RenderableType] = []
    for kind in first.kinds:
        parts.extend((_class(kind), _indented(CLASSES[kind].meaning)))
    rows = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=_LABELS, show_edge=False)
    wide = look.width >= _PATHS_FROM
    for name in ("package", "from -> to", "released", *(["pulled in by"] if wide else [])):
        rows.add_column(name, overflow="fold")
    for item in group.items:
        versions = f"{', '.join(item.before) or 'new'} -> {', '.join(item.after) or 'removed'}"
        released = [_short_age(one, now) for one in item.releases]
        cells = [item.name, versions, ", ".join(dict.fromkeys([one for one in released if one])) or "not known"]
        if wide:
            cells.append(next((" -> ".join(one.path[:-1]) for one in item.releases if one.path), ""))
        rows.add_row(*[Text(plain(cell)) for cell in cells])
    table = _facts()
    _signed(table, first)
    _row(table, "its code", _code_of_group(group))
    _support(table, first.support, alarm=False)
    return [*parts, Text(""), rows, Text(""), table]


def _security(item: SecurityItem) -> list[RenderableType]:
    table = _facts()
    _support(table, item.support, alarm=False)
    lead = Text("error: configuration-changed", style=_STYLES["error"])
    meaning = "who may approve, what the policy asks for, where packages come from, or who is believed"
    lines = [_indented(plain(line)) for line in item.lines]
    return [lead, _indented(meaning), Text(""), *lines, Text(""), table]


def _classes(item: ReviewItem) -> list[RenderableType]:
    """Each class with what it means; then whom and what it is about, in the words of `diff`."""
    parts: list[RenderableType] = []
    for kind in item.kinds:
        parts.extend((_class(kind), _indented(CLASSES[kind].meaning)))
        for change in item.changes:
            if change.kind == kind:
                said = [line for line in lines_of((change,)) if not line.startswith("signed by ")]
                head = f"{kind} (alarm)" if CLASSES[kind].severity == "alarm" else kind
                details = [line.removeprefix(f"{head}: ") for line in said if line != head]
                if kind in ("artifact-changed", "artifact-added", "artifact-removed"):
                    details = [line for file in change.details for line in _file(change, file)]
                parts.extend([_indented(line) for line in details])
    return parts


def _indented(line: str) -> RenderableType:
    """A line below a class; what of it does not fit stands below its beginning."""
    words = line.lstrip(" ")
    indent = _INDENT + len(line) - len(words)
    return Padding(Text(words), (0, 0, 0, indent))


def _file(change: Change, file: str) -> list[str]:
    """A file whose bytes changed, with both hashes."""
    hashes = [
        next((one.hash for one in pin.artifacts if one.file == file), "") if pin is not None else ""
        for pin in (change.before, change.after)
    ]
    return [plain(file), *([f"  before: {plain(hashes[0])}", f"  now: {plain(hashes[1])}"] if all(hashes) else [])]


def _class(kind: str) -> Text:
    severity = CLASSES[kind].severity
    return Text(f"{severity}: {kind}", style=_STYLES[severity])


def _facts() -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=_LABEL, no_wrap=True, style=_LABELS)
    table.add_column(overflow="fold")
    return table


def _row(table: Table, label: str, lines: Iterable[str]) -> None:
    for line in filter(None, lines):
        table.add_row(Text(label), Text(line))
        label = ""


def _signed(table: Table, item: ReviewItem) -> None:
    if item.before and item.after and item.signers_before == item.signers_after:
        _row(table, "signed", [*_signers(item.signers_after), "as before" if item.signers_after else ""])
        return
    _row(table, "signed before", _signers(item.signers_before) if item.before else [])
    _row(table, "signed now", _signers(item.signers_after) if item.after else [])


def _release(table: Table, one: ReleaseChange, now: str, *, several: bool) -> None:
    if several:
        versions = [pin.version if pin is not None else "none" for pin in (one.before, one.after)]
        _row(table, "version", [plain(" -> ".join(dict.fromkeys(versions)))])
    _row(table, "pulled in by", [plain(" -> ".join(one.path))] if one.path else [])
    age = age_in_words(one.facts.released, now).removeprefix("released ")
    if one.after is not None:
        _row(table, "released", [age or "not known here"])
        _row(table, "at install", _at_install(one))
        _row(table, "its code", _code(one))
    if one.before is not None and one.after is not None:
        files = files_in_words(one.facts.files_added, one.facts.files_removed)
        _row(table, "pinned files", [files] if files else [])
        _row(table, "size", [size_in_words(one.facts.size)] if one.facts.size else [])
    elif one.after is not None:
        count = len(one.after.artifacts)
        _row(table, "pinned files", [f"{count}: {files_in_words(one.facts.files_added, ()).partition(': ')[2]}"])


def _code(one: ReleaseChange) -> list[str]:
    """What it gains and loses; where that is nothing, that it was looked at; and what was not."""
    code, said = one.facts.code, [plain(line) for line in one.facts.code.lines or ()]
    if code.lines == ():
        said = ["can do what it could before" if one.before is not None else "no capability was seen in it"]
    return [*said, *[f"not looked at: {plain(line)}" for line in unseen_in_words(code)]]


def _code_of_group(group: ReviewGroup) -> list[str]:
    """What the packages gain, each line with the name; and of how many nothing is known."""
    said, unseen = [], 0
    for item in group.items:
        codes = [one.facts.code for one in item.releases]
        said += [plain(f"{item.name} {line}") for code in codes for line in code.lines or ()]
        unseen += any(code.unseen or code.absent for code in codes)
    return [*said, *([f"of {unseen} of {len(group.items)} packages not all was looked at"] if unseen else [])]


def _at_install(one: ReleaseChange) -> list[str]:
    """What an npm package does when it is installed: most do nothing."""
    if one.after is None or one.after.npm is None or not one.after.npm.install_script:
        return []
    return ["it runs a program of its own"]


def _support(table: Table, support: Support, *, alarm: bool) -> None:
    need = f"it needs {support.needed} approver{'' if support.needed == 1 else 's'}"
    need += f", one of them with the role {support.role}" if support.role else ""
    need += ", and an end date since it is an alarm" if alarm else ""
    reason = support.reason
    if support.rejected and support.overrules:  # by whom and why stands below
        reason = reason.replace(support.overrules, "it was rejected", 1)
    _row(table, "waits because", [plain(f"{reason}; {need}")])
    have = f"{', '.join(support.have)} ({len(support.have)} of {support.needed})"
    _row(table, "approved by", [plain(have)] if support.have else [])
    for one in support.rejected:
        _row(table, "rejected", [plain(f"by {one.reviewer} on {one.date[:10]}: {one.reason}")])


def _signers(signers: tuple[Signer, ...]) -> list[str]:
    return [plain(f"{one.label} ({one.id})" if one.label else one.id) for one in signers] or ["nobody: unsigned"]


def _short(signer: Signer) -> str:
    return signer.label or signer.id


def _short_age(one: ReleaseChange, now: str) -> str:
    """`18 days ago`, `18 days ago (newest file today)`"""
    first, semicolon, last = age_in_words(one.facts.released, now).partition("; ")
    said = first.partition(", ")[2]
    return f"{said} (newest file {last.partition(', ')[2]})" if semicolon else said
