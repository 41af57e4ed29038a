"""Commands on stories: what belongs to one and why, and what a person decides otherwise."""

from __future__ import annotations

from typing import Annotated

import typer

from aggregator.cli.opening import opened
from aggregator.cli.output import print_json, print_table, show_date

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
StoryId = Annotated[int, typer.Argument(help="The number in the story's address, `/stories/<id>`.", metavar="ID")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(
        help="Stories: which entries belong together, and your word on it.", no_args_is_help=True, rich_markup_mode=None
    )
    for command in (show, merge, split):
        group.command()(command)
    app.add_typer(group, name="stories")


def show(context: typer.Context, story_id: StoryId, as_json: Json = False) -> None:
    """Show the entries of a story, and why each is in it."""
    from aggregator.library.stories import show_story

    with opened(context) as aggregator:
        current, lead, placed = show_story(aggregator.storage, story_id)
    if as_json:
        print_json(
            {
                "id": current,
                "entry_id": lead,
                "entries": [
                    {
                        "id": one.entry.id,
                        "title": one.entry.data.title,
                        "url": one.entry.data.url,
                        "source": one.entry.origins[0].feed_title,
                        "dated_at": one.entry.dated_at,
                        "score": one.evidence.score if one.evidence else None,
                        "reason": one.evidence.reason if one.evidence else "founded it",
                        "by_operator": bool(one.evidence and one.evidence.by_operator),
                        "copy_of": one.evidence.copy_of if one.evidence else None,
                    }
                    for one in placed
                ],
            }
        )
        return
    if current != story_id:
        typer.echo(f"story {story_id} was merged into {current}")
    rows = []
    for one in placed:
        evidence = one.evidence
        why = "founded it" if evidence is None else f"{evidence.reason} {evidence.score:.2f}"
        if evidence is not None and evidence.by_operator:
            why = f"{evidence.reason} by hand"
        if evidence is not None and evidence.copy_of is not None:
            why += f", same text as {evidence.copy_of}"
        shown = "*" if one.entry.id == lead else ""
        rows.append((one.entry.id, shown, show_date(one.entry), one.entry.data.title, one.entry.origins[0].feed_title, why))
    print_table(("entry", "shown", "date", "title", "source", "why"), rows, empty="")


def merge(
    context: typer.Context,
    one: StoryId,
    other: Annotated[int, typer.Argument(help="The other story.", metavar="ID")],
) -> None:
    """Make two stories one: the older keeps its address, the other redirects to it. Grouping never parts them again."""
    from aggregator.library.stories import merge_by_hand

    with opened(context) as aggregator:
        into = merge_by_hand(aggregator.storage, one, other, language=aggregator.settings.site.language)
    typer.echo(f"story {into} holds both")


def split(
    context: typer.Context,
    entries: Annotated[list[int], typer.Argument(help="Entries to part from their story (`stories show` names them).")],
) -> None:
    """Part entries from their story into one of their own. Grouping never joins the two again."""
    from aggregator.library.stories import split_by_hand

    with opened(context) as aggregator:
        stays, new = split_by_hand(aggregator.storage, entries, language=aggregator.settings.site.language)
    typer.echo(f"story {new} holds what was parted from story {stays}")
