"""A progress bar on the error stream of a terminal; silence anywhere else."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Step = Callable[[str, int, int], None]


@contextmanager
def progress(title: str) -> Iterator[Step | None]:
    """Yield what a pipeline calls as ``(item, done, total)``; None when no terminal looks on."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn(title),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def step(item: str, done: int, total: int) -> None:
            bar.update(task, description=item, completed=done, total=total)

        yield step
