"""Commands on readers: the people with accounts."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from aggregator.cli.opening import opened, reader_site
from aggregator.cli.output import print_json, print_table, show_time

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Name = Annotated[str, typer.Argument(help="The reader's name.")]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input, its first line.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(help="People with accounts, who read with a feed reader.", no_args_is_help=True, rich_markup_mode=None)
    for command in (add, remove, password, token, export):
        group.command()(command)
    group.command("list")(list_accounts)
    group.command("set")(change)
    app.add_typer(group, name="reader")


def add(
    context: typer.Context,
    name: Name,
    password_stdin: FromStdin = False,
    dont_count: Annotated[bool, typer.Option("--dont-count", help="What this person reads counts in no ranking.")] = False,
    operator: Annotated[
        bool, typer.Option("--operator", help="This person runs the site and may log in to its workshop.")
    ] = False,
) -> None:
    """Make an account; prints the API password, which feed readers log in with, this once."""
    from aggregator.library.readers import add_reader, check_new_name

    with opened(context) as aggregator, _wrong_use():
        check_new_name(aggregator.storage, name)
        given = _ask_password(from_stdin=password_stdin)
        reader, api_password = add_reader(
            aggregator.storage,
            name,
            password=given,
            site=reader_site(aggregator.settings),
            now=aggregator.clock.now(),
            counts_reads=not dont_count,
            is_operator=operator,
        )
        address = aggregator.settings.site.base_url
    typer.echo(f"{reader.name} can read now; in the feed reader (Google Reader, FreshRSS, Fever or Miniflux API):")
    typer.echo(f"  address   {address}\n  user      {reader.name}\n  password  {api_password}")
    typer.echo(f"settings, with the password given just now: {address}/account")
    typer.echo("this API password is not kept in readable form and not shown again", err=True)


def remove(context: typer.Context, name: Name) -> None:
    """Delete an account and everything kept under it; numbers that its reads were added to stay."""
    from aggregator.library.readers import remove_reader

    with opened(context) as aggregator:
        remove_reader(aggregator.storage, name)
    typer.echo(f"removed {name}")


def list_accounts(context: typer.Context, as_json: Json = False) -> None:
    """Show the readers."""
    from aggregator.library.readers import list_readers

    with opened(context) as aggregator:
        found = list_readers(aggregator.storage)
    if as_json:
        print_json(
            {
                "readers": [
                    {
                        "name": reader.name,
                        "created_at": reader.created_at,
                        "counts_reads": reader.counts_reads,
                        "is_operator": reader.is_operator,
                        "subscriptions": subscriptions,
                    }
                    for reader, subscriptions in found
                ]
            }
        )
        return
    print_table(
        ("name", "since", "subscriptions", "reads count", "operator"),
        [
            (
                reader.name,
                show_time(reader.created_at),
                subscriptions,
                "yes" if reader.counts_reads else "no",
                "yes" if reader.is_operator else "no",
            )
            for reader, subscriptions in found
        ],
        empty="No readers yet. `aggregator reader add NAME` makes an account.",
    )


def password(context: typer.Context, name: Name, password_stdin: FromStdin = False) -> None:
    """Set the web password and log every browser out; feed readers keep theirs."""
    from aggregator.library.readers import find_reader, set_password

    with opened(context) as aggregator, _wrong_use():
        find_reader(aggregator.storage, name)
        given = _ask_password(from_stdin=password_stdin)
        set_password(aggregator.storage, name, password=given)
    typer.echo(f"password of {name} changed")


def token(context: typer.Context, name: Name) -> None:
    """Renew the API password: feed readers that have the old one are logged out."""
    from aggregator.library.readers import renew_api_password

    with opened(context) as aggregator:
        typer.echo(renew_api_password(aggregator.storage, name))


def change(
    context: typer.Context,
    name: Name,
    count: Annotated[bool | None, typer.Option("--count/--dont-count", help="Whether their reads count in rankings.")] = None,
    operator: Annotated[
        bool | None, typer.Option("--operator/--no-operator", help="Whether they run the site; logs their browsers out.")
    ] = None,
    topic: Annotated[list[str] | None, typer.Option(help="A topic to show, instead of those shown now; repeatable.")] = None,
) -> None:
    """Change an account's settings."""
    from aggregator.library.readers import set_reader

    if count is None and operator is None and not topic:
        raise typer.BadParameter("nothing to change: give --count, --dont-count, --operator, --no-operator or --topic")
    with opened(context) as aggregator:
        set_reader(
            aggregator.storage,
            name,
            site=reader_site(aggregator.settings),
            counts_reads=count,
            topics=topic or None,
            is_operator=operator,
            now=aggregator.clock.now(),
        )
    typer.echo(f"changed {name}")


def export(context: typer.Context, name: Name) -> None:
    """Print everything kept about a reader as JSON."""
    from aggregator.library.readers import export_reader

    with opened(context) as aggregator:
        print_json(export_reader(aggregator.storage, name, site=reader_site(aggregator.settings)))


@contextmanager
def _wrong_use() -> Iterator[None]:
    """Say what is wrong with a name or password, and exit as for wrong use."""
    try:
        yield
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _ask_password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    given: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return given
