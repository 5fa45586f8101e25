"""Targets and programmes asked from Python, by the names of the command line."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sojourn.files import scratch, write_whole
from sojourn.query.opened import Day, Opened, a_path, known_day
from sojourn.terminal.asked import languages_of, one_of
from sojourn.terminal.one_line import OneLine
from sojourn.terminal.rows import Rows

if TYPE_CHECKING:
    from sojourn.health.run.scores import Row
    from sojourn.health.run.simulate import Run

TOPICS = ("malaria", "tb")
SHAPES = ("linear", "geometric")


@dataclass(frozen=True)
class Simulated(OneLine):
    """A run that is done: what it says, and its draws.

    Attributes
    ----------
    summary : dict
        What `sojourn simulate --json` prints: milestones, averted cases, what drives them.
    run : Run
        Inputs and arrays of every draw.
    """

    summary: dict[str, Any]
    run: "Run" = field(repr=False)

    @property
    def milestones(self) -> Rows[dict[str, Any]]:
        """One row a programme and milestone."""
        return Rows(
            {"scenario": name, **m}
            for name, found in self.summary["scenarios"].items()
            for m in found["milestones"]
        )

    def _repr_html_(self) -> str:
        """Show the milestones in a notebook."""
        return self.milestones._repr_html_()


class HealthVerbs(Opened):
    """How far from the malaria and tuberculosis targets, and what leaving migrants out does."""

    def targets(
        self,
        topic: str,
        *,
        area: Iterable[str | int] | str | int = (),
        path: str = "linear",
        charts: Path | str | None = None,
        as_of: Day | None = None,
    ) -> Rows[dict[str, Any]]:
        """Return observed and required paths, one row a target, area and year.

        Parameters
        ----------
        area : str or several
            Countries, WHO regions, or ``all``; the world and WHO's regions by default.
        path : str
            ``linear`` or ``geometric`` between two milestones.
        charts : Path, optional
            Folder for one SVG and one CSV a target and area.

        Returns
        -------
        Rows
            ``about["progress"]`` has trackings, verdicts and counters as dataclasses.

        Raises
        ------
        NoSuchObservation
            WHO's files are not loaded.
        """
        import csv
        import io

        from sojourn.health.inputs.targets import progress, who_area, write_charts
        from sojourn.health.targets.written import to_csv

        asked = [area] if isinstance(area, str | int) else list(area)
        found = progress(
            self.store,
            one_of(topic, TOPICS, "topic"),
            areas=[a if a == "all" else who_area(str(a)) for a in map(str, asked)],
            shape=one_of(path, SHAPES, "path"),  # type: ignore[arg-type] # one of two words
            as_of=known_day(as_of),
        )
        if charts is not None:
            write_charts(found, Path(charts))
        rows = csv.DictReader(io.StringIO(to_csv(found)))
        return Rows([{k: _number(k, v) for k, v in r.items()} for r in rows], {"progress": found})

    def simulate(
        self,
        topic: str,
        *,
        out: Path | str | None = None,
        draws: int = 200,
        seed: int = 1,
        area: str | int | None = None,
        scenario: Path | str | None = None,
        parameters: Path | str | None = None,
        workers: int | None = None,
        cluster: str = "",
        as_of: Day | None = None,
    ) -> Simulated:
        """Compare programmes on the same draws; differences are reported, never forecasts.

        Parameters
        ----------
        topic : str
            ``tb`` or ``malaria``.
        out : Path, optional
            Folder of the run; an interrupted run goes on. Without it nothing is kept.

        Raises
        ------
        SimulateError, NoSuchObservation
            Inputs are missing, or the folder holds another run.
        """
        from sojourn.health.run.asked import declared
        from sojourn.health.run.claims import validated
        from sojourn.health.run.simulate import simulate
        from sojourn.health.run.summary import summary, write_summary
        from sojourn.vocab.place import area_id

        known, programmes = declared(
            one_of(topic, TOPICS, "topic"), a_path(parameters), a_path(scenario)
        )
        place = None if area is None else area_id(str(area))
        day = known_day(as_of)
        with scratch() as unkept:
            folder = Path(out or unkept.path / "run")
            done = simulate(
                self.store,
                topic,
                folder,
                known=known,
                programmes=programmes,
                draws=draws,
                seed=seed,
                as_of=day,
                workers=workers,
                cluster=cluster,
                area=place,
            )
            rows = validated(self.store, topic, done.digest, folder, as_of=day)
            told = summary(done, place, rows)
            if out is not None:
                write_summary(told, Path(out))
        return Simulated(told, done)

    def simulate_place(self, *, out: Path | str | None = None, **asked: Any) -> dict[str, Any]:
        """Compare malaria programmes in one place of your own.

        Parameters
        ----------
        out : Path, optional
            Write the result to this file too (JSON).
        **asked
            As `sojourn.health.run.asked.AskedPlace` has them: ``r0``, ``mobile``, ``area``,
            ``imports``, ``draws``, ``seed``, ``scenario``, ``parameters``, ``as_of``.

        Examples
        --------
        >>> import sojourn
        >>> told = sojourn.open().simulate_place(r0=1.6, mobile=0.2, draws=4)
        >>> told["r0"]["value"], sorted(told["scenarios"])[0]
        (1.6, 'border_screening')
        """
        from sojourn.health.run.asked import AskedPlace, place_told

        for name in asked:
            one_of(name, AskedPlace.__dataclass_fields__, "option of simulate place")
        for name in ("scenario", "parameters"):
            asked[name] = a_path(asked.get(name))
        asked |= {"as_of": known_day(asked.get("as_of")), "area": str(asked.get("area") or "")}
        told = place_told(lambda: self.store, AskedPlace(**asked))
        _write(told, out)
        return told

    def simulate_corridor(
        self,
        question: Path | str,
        *,
        own: Path | str | None = None,
        draws: int = 60,
        seed: int = 1,
        out: Path | str | None = None,
        as_of: Day | None = None,
    ) -> list[dict[str, Any]]:
        """Answer a question (TOML): screening of arrivals by origin, destination, year and step.

        Raises
        ------
        SimulateError, UnknownArea
            A file cannot be read, or a place is none or is not modelled.
        """
        from sojourn.health.run.asked import corridors_told
        from sojourn.health.run.corridor import plain, write_answers

        told = corridors_told(
            lambda: self.store,
            Path(question),
            own=a_path(own),
            draws=draws,
            seed=seed,
            as_of=known_day(as_of),
        )
        if out is not None:
            write_answers(told, Path(out))
        return plain(told)

    def simulate_validate(self) -> "Rows[Row]":
        """Set what is printed beside published results, and beside years that no fit has seen."""
        from sojourn.health.run.claims import validate

        return Rows(validate(self.store))

    def brief(
        self,
        topic: str,
        out: Path | str,
        *,
        area: str | int | None = None,
        run: Path | str | None = None,
        language: Iterable[str] | str | None = None,
        as_of: Day | None = None,
    ) -> list[Path]:
        """Write two pages: where we stand, who is left out, what including them changes.

        Raises
        ------
        UnknownArea, SimulateError, NoSuchObservation, PublishError
            As the command ``sojourn brief``.
        """
        from sojourn.health.inputs.targets import who_area
        from sojourn.health.run.brief import WORLD, write_brief

        chosen = languages_of(language)
        return write_brief(
            self.store,
            one_of(topic, TOPICS, "topic"),
            Path(out),
            area=WORLD if area is None else who_area(str(area)),
            run=a_path(run),
            languages=chosen,
            as_of=known_day(as_of),
        )


def _write(told: object, out: Path | str | None) -> None:
    """Write a result as JSON, where a file is named; what is not determined is null."""
    if out is not None:
        text = json.dumps(told, ensure_ascii=False, indent=1)
        write_whole(Path(out), text.replace("NaN", "null").encode())


NUMBERS = ("obs_value", "required", "gap_points", "milestone_reduction")


def _number(column: str, text: str) -> str | float | None:
    """Return a cell of the table as what it is; an empty one is missing."""
    if column == "time_period":
        return int(text)
    if column in NUMBERS:
        return float(text) if text else None
    return text
