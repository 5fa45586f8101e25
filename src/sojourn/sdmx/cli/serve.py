"""``sojourn serve``: the store as an SDMX web service."""

import ipaddress
from pathlib import Path

import click

from sojourn.errors import counted
from sojourn.terminal.options import data_option


def is_loopback(host: str) -> bool:
    """Whether only programs on this machine can reach a host.

    Examples
    --------
    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("0.0.0.0"), is_loopback("box")
    (True, True, False, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port; 0 takes a free one.",
)
@click.option(
    "--public",
    is_flag=True,
    help="Serve only editions whose terms allow copies; always so beyond loopback.",
)
@click.option(
    "--at-once",
    type=click.IntRange(min=1),
    default=16,
    show_default=True,
    help="Requests answered at once; more get 503.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(min=0.1),
    default=120.0,
    show_default=True,
    help="Time limit of a request.",
)
@click.option(
    "--access-log",
    type=click.Choice(["off", "paths", "full"]),
    default="off",
    show_default=True,
    help="Log requests: paths without the values of the query, or all of it.",
)
@data_option
def command(
    host: str,
    port: int,
    data: Path | None,
    at_once: int,
    seconds: float,
    access_log: str,
    *,
    public: bool,
) -> None:
    """Serve the data directory by SDMX REST 2.2.2, and 1.5 for older clients; /explore/ shows it.

    asOf, includeHistory and updatedAfter go by the day on which a publisher released an edition.
    Editions whose terms allow single figures to be cited are served to programs on this machine
    only.
    """
    from sojourn.extras import need
    from sojourn.query.opening import open_data
    from sojourn.sdmx.run.surface import opened

    for package in ("starlette", "uvicorn"):
        need(package, "the server")
    from sojourn.sdmx.server.app import Limits, application
    from sojourn.sdmx.server.exploring import exploring
    from sojourn.sdmx.server.running import run

    shown = public or not is_loopback(host)
    store, embedded = open_data(data)
    click.echo("preparing the serving table", err=True)
    with (
        opened(store, public=shown) as surface,
        exploring(store, public=shown, embedded=embedded) as explorer,
    ):
        what = "the embedded edition" if embedded else str(data)
        terms = (
            "editions that may be copied only" if shown else "every edition, to this machine only"
        )
        click.echo(
            f"serving {what}: {counted(len(surface.flows()), 'dataflow')}, {terms}", err=True
        )
        run(application(surface, Limits(at_once, seconds), explorer), host, port, access_log)
