"""`review`: walk through what waits for approval, decide, and sign once at the end."""

from collections.abc import Mapping

from holdfast.cli.approving import Sitting, open_sitting
from holdfast.cli.console import Console
from holdfast.cli.exits import CLEAN, FOUND
from holdfast.cli.known_releases import StoredBytes, release_times
from holdfast.cli.terminal_keys import at_a_terminal
from holdfast.cli.words import Arguments
from holdfast.model.review import Review, ReviewGroup
from holdfast.workflows.choosing import Chosen, choose
from holdfast.workflows.review import review as make_review
from holdfast.workflows.review import sized

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
    if console.form == "json":
        from holdfast.reports.review_json import render_json  # start-up: either the one or the other

        console.result(render_json(_sized(found, arguments, environment), sitting.now))
        return FOUND if found.entries else CLEAN
    if not found.entries:
        if not chosen.idle:
            console.line("nothing waits for approval")
        return CLEAN
    if not at_a_terminal():
        return _show(_sized(found, arguments, environment), sitting, console)
    from holdfast.cli.reviewing import walk_through  # start-up: only for somebody who can answer

    return walk_through(sitting, chosen, found, arguments, environment, console)


def _chosen(sitting: Sitting, arguments: Arguments) -> Chosen:
    names, configuration = arguments.texts_of("names"), arguments.switch("configuration")
    locked = frozenset([(pin.source, pin.name) for pin in sitting.lock.packages])
    everything = not names and not configuration
    return choose(sitting.judged.judgement, names, locked, everything=everything, security=configuration)


def _sized(found: Review, arguments: Arguments, environment: Mapping[str, str]) -> Review:
    """With the sizes of changes, as far as a report reads archives for them."""
    stored = StoredBytes(arguments, environment, MOST_READ)
    return Review(
        tuple(
            [
                ReviewGroup(tuple([sized(item, stored) for item in entry.items]))
                if isinstance(entry, ReviewGroup)
                else entry
                for entry in found.entries
            ]
        )
    )


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
