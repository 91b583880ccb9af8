"""`review`: walk through what waits for approval, decide, and sign once at the end."""

from collections.abc import Mapping

from holdfast.cli.approving import Sitting, open_sitting
from holdfast.cli.console import Console
from holdfast.cli.exits import CLEAN, FOUND
from holdfast.cli.known_releases import StoredBytes, release_times
from holdfast.cli.project import cache_folder
from holdfast.cli.terminal_keys import at_a_terminal
from holdfast.cli.words import Arguments
from holdfast.model.review import Review, ReviewGroup
from holdfast.workflows.capability_deltas import CapabilityDeltas
from holdfast.workflows.choosing import Chosen, choose
from holdfast.workflows.review import changed_pairs, sized, with_capabilities
from holdfast.workflows.review import review as make_review
from holdfast.workflows.scans import rooms

PLAIN_WIDTH = 100  # columns where nobody sits at a terminal
MOST_READ = 4 * 1024 * 1024  # bytes of archives that are looked into before anything is shown


def review(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Show what waits: to somebody at a terminal screen by screen, else all of it at once, deciding nothing."""
    sitting = open_sitting(arguments)
    chosen = _chosen(sitting, arguments)
    for name in chosen.idle:
        console.line(f"{name} waits for nothing")
    times = release_times(sitting.project, sitting.configuration, arguments, environment, console)
    judged = sitting.judged
    found = make_review(chosen, judged.judgement, sitting.lock, judged.states.head.acts.acts, times)
    if console.form == "json" or (found.entries and not at_a_terminal()):
        found = _sized(found, sitting, arguments, environment, console)
    if console.form == "json":
        from holdfast.reports.review_json import render_json  # start-up: either the one or the other

        console.result(render_json(found, sitting.now))
        return FOUND if found.entries else CLEAN
    if not found.entries:
        if not chosen.idle:
            console.line("nothing waits for approval")
        return CLEAN
    if not at_a_terminal():
        return _show(found, sitting, console)
    from holdfast.cli.reviewing import walk_through  # start-up: only for somebody who can answer

    return walk_through(sitting, chosen, found, arguments, environment, console)


def _chosen(sitting: Sitting, arguments: Arguments) -> Chosen:
    names, configuration = arguments.texts_of("names"), arguments.switch("configuration")
    locked = frozenset([(pin.source, pin.name) for pin in sitting.lock.packages])
    everything = not names and not configuration
    return choose(sitting.judged.judgement, names, locked, everything=everything, security=configuration)


def _sized(
    found: Review, sitting: Sitting, arguments: Arguments, environment: Mapping[str, str], console: Console
) -> Review:
    """With what code gains, and the sizes of changes as far as a report reads archives for them."""
    delta = _deltas(found, sitting, arguments, environment, console)
    stored = StoredBytes(arguments, environment, MOST_READ)
    made = Review(
        tuple(
            [
                ReviewGroup(tuple([with_capabilities(sized(item, stored), delta) for item in entry.items]))
                if isinstance(entry, ReviewGroup)
                else entry
                for entry in found.entries
            ]
        )
    )
    if delta.absent:
        from holdfast.cli.fetched_changes import note_absent  # start-up: only where something was not looked at

        note_absent(delta, "holdfast review --fetch", console)
    return made


def _deltas(
    found: Review, sitting: Sitting, arguments: Arguments, environment: Mapping[str, str], console: Console
) -> CapabilityDeltas:
    """What tells what code gains: with `--fetch` everything is fetched at once, else only the store is looked into."""
    if not arguments.switch("fetch"):
        return CapabilityDeltas(sitting.lock, rooms(cache_folder(arguments, environment)))
    from holdfast.cli.fetched_changes import fetched_deltas  # start-up: only to fetch

    pairs = changed_pairs(found.items)
    return fetched_deltas(pairs, sitting.lock, sitting.project, sitting.configuration, arguments, environment, console)


def _show(found: Review, sitting: Sitting, console: Console) -> int:
    """All screens at once."""
    from holdfast.reports.review_screen import Look, render_screen  # start-up: rich costs 40 ms

    look = Look(PLAIN_WIDTH, console.colour, console.draws("─"))
    count = len(found.entries)
    screens = [
        render_screen(entry, (number, count), sitting.now, look) for number, entry in enumerate(found.entries, 1)
    ]
    console.result("\n".join(screens))
    return FOUND
