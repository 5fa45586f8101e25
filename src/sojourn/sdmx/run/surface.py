"""The store as the server sees it: dataflows, editions, terms, and which editions answer."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

import duckdb

from sojourn.sdmx.model.codes import CodeList, code_list
from sojourn.sdmx.model.dsd import Component, Flow, flow_id, flow_of
from sojourn.sdmx.run.asked import Asked
from sojourn.sdmx.run.conditions import Conditions, restrict
from sojourn.sdmx.run.refusal import Empty, Refusal
from sojourn.sdmx.writers.columns import AREAS, printed, raw
from sojourn.store.choice import answering, candidates, is_whole
from sojourn.store.manifest import LoadedFile
from sojourn.store.observations import Store
from sojourn.store.serving import Serving, serving
from sojourn.vocab.observation import KEY

#: Terms under which an edition may be handed on in bulk.
MAY_LEAVE = "attribution"
#: Memory of the engine, MB: what sorts need beyond it goes to disk.
MOST_MEMORY = 512
#: The table whose rows come in the order of keys.
IN_ORDER = "serving o"


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition of a dataset with its terms.

    ``valid_to`` is the day of the next edition; empty for the newest.
    """

    name: str
    vintage: str
    valid_to: str
    license: str
    citation: str
    mark: str
    landing_page: str
    redistribution: str
    partial: str


@dataclass(frozen=True, slots=True)
class Selected:
    """Rows that answer a request: what to select them from, the editions that are in it.

    Attributes
    ----------
    withheld : tuple of Edition
        Editions that would answer too, but may only be cited.
    dropped : bool
        Whether the rows are keys that an edition holds no longer.
    """

    flow: Flow
    source: str
    where: str
    given: Mapping[str, object]
    editions: tuple[Edition, ...]
    withheld: tuple[Edition, ...]
    history: bool
    cursor: duckdb.DuckDBPyConnection
    dropped: bool = False


@dataclass
class Surface:
    """What is served: a store, its serving table, and whether strangers can reach it.

    Attributes
    ----------
    public : bool
        Serve only what may be handed on in bulk.
    """

    store: Store
    table: Serving
    public: bool = False
    kept: dict[str, Any] = field(default_factory=dict)
    lock: Any = field(default_factory=Lock)
    cursors: list[duckdb.DuckDBPyConnection] = field(default_factory=list)

    def of_request(self) -> "Surface":
        """Return the same surface for one request, whose queries can be stopped."""
        return replace(self, cursors=[])

    def interrupt(self) -> None:
        """Stop every query of this request."""
        for cursor in list(self.cursors):
            cursor.interrupt()

    @property
    def digest(self) -> str:
        """Digest of the manifest that is served, with what strangers may see."""
        return f"{self.table.digest[:24]}{'p' if self.public else ''}"

    def flows(self) -> Mapping[str, Flow]:
        """Return the dataflows by id: datasets that hold observations."""
        if "flows" not in self.kept:
            held = sorted({f.dataset for f in self.store.manifest.files if f.observations})
            titles = {f.dataset: f.title for f in self.store.manifest.files}
            self.kept["flows"] = {flow_id(d): flow_of(d, titles[d]) for d in held}
        found: Mapping[str, Flow] = self.kept["flows"]
        return found

    def flow(self, name: str) -> Flow:
        """Return a dataflow, or say that there is none."""
        if (found := self.flows().get(name)) is None:
            raise Empty(f"no dataflow {name!r}; agency SOJOURN serves {', '.join(self.flows())}")
        return found

    def editions(self, dataset: str) -> tuple[Edition, ...]:
        """Return the editions of a dataset in the order of publication."""
        return editions_of(self.store, dataset)

    def may_leave(self, edition: Edition) -> bool:
        """Whether an edition may be served to whoever asks."""
        return not self.public or edition.redistribution == MAY_LEAVE

    def select(self, flow: Flow, asked: Asked, *, counted: bool = False) -> Selected:
        """Return what answers a request.

        Parameters
        ----------
        counted : bool
            Only codes and counts are asked for: stubs answer too, but not by values.

        Raises
        ------
        Refusal
            Only editions answer that may not be handed on (403); what `restrict` raises.
        """
        conditions = Conditions()
        conditions.add(f"o.dataflow = {conditions.hold(flow.dataset)}")
        restrict(conditions, flow.dsd, asked)
        chosen, slow = self._chosen(flow, asked, conditions)
        allowed = tuple(e for e in chosen if self.may_leave(e))
        withheld = tuple(e for e in chosen if not self.may_leave(e))
        if counted and withheld:
            _no_values(flow, asked, withheld[0])
            allowed, withheld = chosen, ()
        if not chosen:
            raise Empty(f"no edition of {flow.dataset} answers on that day")
        if not allowed:
            raise refused(withheld)
        names = conditions.hold([e.name for e in allowed])
        conditions.add(f"list_contains({names}, o.edition)")
        cursor = self.store.con.cursor() if slow else self.table.cursor()
        self.cursors.append(cursor)
        source = "observation o" if slow else IN_ORDER
        return Selected(
            flow,
            source,
            conditions.text,
            conditions.given,
            allowed,
            withheld,
            asked.history,
            cursor,
        )

    def _chosen(
        self, flow: Flow, asked: Asked, conditions: Conditions
    ) -> tuple[tuple[Edition, ...], bool]:
        """Return the editions that answer, and whether the view must be asked, not the table."""
        every = self.editions(flow.dataset)
        day = asked.as_of.isoformat() if asked.as_of else "9999"
        until = tuple(e for e in every if e.vintage <= day)
        slow = False
        if asked.history:
            chosen = until
        else:
            held = set(candidates(self.store, asked.as_of))
            chosen = tuple(e for e in until if e.name in held)
            if asked.as_of is None:
                conditions.add("o.answers")
            elif any(not is_whole(self.store, e.name) for e in chosen):
                slow = True
                with self.lock:
                    condition, given = answering(self.store, asked.as_of)
                conditions.add(f"({condition})")
                conditions.given.update(given)
        if asked.updated_after:
            chosen = self._updated(flow, asked, chosen, conditions)
        return chosen, slow

    def _updated(
        self, flow: Flow, asked: Asked, chosen: Sequence[Edition], conditions: Conditions
    ) -> tuple[Edition, ...]:
        """Keep what editions published after a day changed: new keys and other values."""
        assert asked.updated_after is not None  # noqa: S101 - the caller asked
        after = asked.updated_after.isoformat()
        newer = tuple(e for e in chosen if e.vintage > after)
        held = set(candidates(self.store, asked.updated_after))
        before = [e for e in self.editions(flow.dataset) if e.name in held]
        if shut := [e for e in before if not self.may_leave(e)]:
            raise refused(shut)  # what did not change would tell their numbers
        name = conditions.hold([e.name for e in before])
        same = " AND ".join(f'b."{k}" = o."{k}"' for k in KEY)
        table = "serving"
        conditions.add(
            f"NOT EXISTS (SELECT 1 FROM {table} b WHERE b.dataflow = o.dataflow AND "  # noqa: S608 - constants
            f"list_contains({name}, b.edition) AND {same} AND b.value IS NOT DISTINCT FROM o.value "
            "AND b.obs_status = o.obs_status)"
        )
        return newer

    def codes(self, flow: Flow) -> Mapping[str, list[str]]:
        """Return the codes that a dataflow holds, over all editions, by component.

        Dataflows of one structure are read together: to plan such a query costs more than to run it.
        """
        name = f"codes {flow.id}"
        if name not in self.kept:
            alike = {f.dataset: f for f in self.flows().values() if f.dsd == flow.dsd}
            coded = [c for c in flow.dsd.components if c.list or c.id == "TIME_PERIOD"]
            listed = ", ".join(
                f"list_sort(list(DISTINCT {raw(c)}) FILTER ({raw(c)} IS NOT NULL))" for c in coded
            )
            query = (
                f"SELECT o.dataflow, {listed} FROM serving o "  # noqa: S608 - constants
                "WHERE list_contains($d, o.dataflow) GROUP BY 1"
            )
            for dataset, *row in self.table.cursor().execute(query, {"d": [*alike]}).fetchall():
                held = {c.id: list(v or ()) for c, v in zip(coded, row, strict=True)}
                self.kept[f"codes {alike[dataset].id}"] = held
        found: Mapping[str, list[str]] = self.kept[name]
        return found

    def _printed(self, flow: Flow, component: Component) -> dict[str, str]:
        """Return what a publisher most often prints for each code that is made of its words."""
        if not component.detail and component.list != AREAS:
            return {}
        query = (
            f"SELECT code, arg_max(word, n) FROM (SELECT {raw(component)} AS code, "  # noqa: S608 - constants
            f"{printed(component)} AS word, count(*) AS n FROM serving o WHERE o.dataflow = $d "
            "GROUP BY 1, 2) WHERE word IS NOT NULL GROUP BY 1"
        )
        found = self.table.cursor().execute(query, {"d": flow.dataset}).fetchall()
        return dict(found)

    def code_list(self, name: str) -> CodeList:
        """Return a code list with every code that the store holds."""
        key = f"list {name}"
        if key not in self.kept:
            held: set[str] = set()
            words: dict[str, str] = {}
            for flow in self.flows().values():
                codes = self.codes(flow)
                for component in flow.dsd.components:
                    if component.list == name:
                        held.update(codes.get(component.id, ()))
                        words = self._printed(flow, component) | words
            self.kept[key] = code_list(name, held, words)
        found: CodeList = self.kept[key]
        return found


def editions_of(store: Store, dataset: str) -> tuple[Edition, ...]:
    """Return the editions of a dataset in the order of publication."""
    files: dict[str, LoadedFile] = {}
    for f in store.manifest.files:
        if f.dataset == dataset and f.observations:
            files.setdefault(f.edition, f)
    ordered = sorted(files.values(), key=lambda f: (f.vintage, f.edition))
    out = []
    for i, f in enumerate(ordered):
        later = next((g.vintage for g in ordered[i + 1 :] if g.vintage > f.vintage), "")
        out.append(_edition(store, f, later))
    return tuple(out)


def _edition(store: Store, f: LoadedFile, later: str) -> Edition:
    covered = store.manifest.covered(f.edition)
    partial = "; ".join(covered.reasons) if covered and covered.status == "partial" else ""
    mark = "; ".join(m for m in (f.mark, f"partial edition: {partial}" if partial else "") if m)
    return Edition(
        f.edition,
        f.vintage,
        later,
        f.license,
        f.citation,
        mark,
        f.landing_page,
        f.redistribution,
        partial,
    )


def _no_values(flow: Flow, asked: Asked, edition: Edition) -> None:
    """Refuse to count by anything but the key: a count by value tells the value."""
    keyed = {d.id for d in flow.dsd.dimensions} | {"TIME_PERIOD", "VINTAGE"}
    if asked.updated_after or any(name not in keyed for name, _ in asked.filters):
        raise refused((edition,))


def refused(editions: Iterable[Edition]) -> Refusal:
    """Return the refusal of editions that may be cited and not handed on."""
    named = list(editions)
    said = "; ".join(f"{e.name} ({e.license})" for e in named)
    return Refusal(
        403,
        f"the terms of {said} allow single figures to be cited, and no copy of the table",
        hint=f"take it from its publisher: {' '.join(dict.fromkeys(e.landing_page for e in named))}",
    )


@contextmanager
def opened(store: Store, *, public: bool = False) -> Iterator[Surface]:
    """Give the surface of a store; its serving table is built when it is not there yet."""
    with serving(store) as table:
        table.bound(MOST_MEMORY)
        yield Surface(store, table, public=public)
