"""The desk's process: what it holds is read once, then it listens on this machine alone."""

import socket
from pathlib import Path

import click
import uvicorn
from starlette.types import ASGIApp

from sojourn.errors import PlanError, PlanMismatch, SojournError
from sojourn.relocation.desk.held import Held
from sojourn.relocation.run.ledger import Ledger
from sojourn.relocation.run.relocate import read_plan
from sojourn.relocation.site.read import read_names, read_site
from sojourn.relocation.site.seal import can_be_written, key_can_be


def hold(
    folder: Path,
    ledger: Path,
    device: str,
    *,
    plan: Path | None = None,
    snapshots: Path | None = None,
    snapshot_key: Path | None = None,
    call: str = "",
) -> Held:
    """Read a site, its names and a plan, and note in the ledger who of the register is not in it.

    Raises
    ------
    SiteRefused, PlanMismatch, PlanError
        A table is faulty, the plan is of other inputs, or the ledger cannot be written.
    """
    site, names = read_site(folder), read_names(folder)
    proposal = read_plan(plan) if plan is not None else None
    if proposal is not None and proposal.site_digest != site.digest:
        raise PlanMismatch(f"{plan}: made from other inputs", hint="name its own site")
    if snapshots is not None:
        _to_be_kept(snapshots, snapshot_key)
    kept = Ledger(ledger)
    kept.open(folder, device=device)
    return Held(folder, site, names, kept, device, plan, proposal, snapshots, snapshot_key, call)


def _to_be_kept(snapshots: Path, key: Path | None) -> None:
    """Ask whether snapshots can be kept; nothing is made."""
    if key is None:
        raise PlanError(
            "snapshots need a key file", hint="add --snapshot-key FILE, and keep it elsewhere"
        )
    key_can_be(key)
    can_be_written(snapshots)


def listen(port: int) -> socket.socket:
    """Return a socket of this machine alone.

    Raises
    ------
    SojournError
        The port cannot be listened on.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
    except OSError as error:
        listening.close()
        raise SojournError(
            f"127.0.0.1:{port}: cannot be listened on ({error.strerror})",
            hint="is another desk open there? --port 0 takes a free port",
        ) from None
    return listening


def run(app: ASGIApp, listening: socket.socket) -> None:
    """Serve this machine until interrupted."""
    click.echo(f"http://127.0.0.1:{listening.getsockname()[1]}/ (stop with Ctrl+C)")
    config = uvicorn.Config(
        app,
        http="h11",
        lifespan="off",
        log_level="warning",
        access_log=False,  # who was looked up is nobody's business
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    try:
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        click.echo("stopped", err=True)
    finally:
        listening.close()
