"""The shape in which a publisher prints a table: what a declaration may say of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sojourn.sources.headings import Headings


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What the cells of a column or a group of columns mean.

    Attributes
    ----------
    match : str
        Regular expression of the heading: the whole of it in a table of records, found in it in a
        panel. Empty: the one measure of all numbers.
    indicator : str
        As ``sojourn indicators`` names it.
    unit : str
        ``PERSONS``, ``PERCENT``, ``USD`` and so on.
    mult : int
        Power of ten by which the numbers are printed short: 3 for thousands.
    sex : str
        ``F``, ``M`` or ``_T``, where no column of the table says it.
    age : str
        ``Y0T14``, ``Y_GE65`` or ``_T``, where no column says it.
    status : str
        SDMX status of its numbers, where no mark says it: ``E`` for estimates.
    may_lack : bool
        Whether some of the publisher's editions have no such column.
    """

    match: str = ""
    indicator: str
    unit: str
    mult: int = 0
    sex: str = "_T"
    age: str = "_T"
    status: str = "A"
    may_lack: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Where the cells of one table stand in a sheet.

    Attributes
    ----------
    sheet : str
        Regular expression of the names of its sheets; empty where a file has one.
    measures : tuple of Measure
        What its columns, or groups of columns, measure.
    period : str
        Regular expression whose group takes the year from the title or the sheet's name, where no
        column and no heading has it; ``@year before release`` where nothing says it.
    required : bool
        Whether a file without this sheet is not of this layout.
    instead : mapping
        Keys of the layout that are otherwise for this table.
    """

    sheet: str = ""
    measures: tuple[Measure, ...]
    period: str = ""
    required: bool = False
    instead: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The shape in which a publisher prints a dataset, recognised by its content.

    Attributes
    ----------
    kind : str
        ``panel`` (places down, groups × periods across), ``matrix`` (destinations down, origins
        across), ``records`` (one row a record, one column a measure) or ``classes`` (places down,
        fiscal years across, classes in the cells).
    events : bool
        Whether each row is an event of its own, so that rows never share a key.
    id : str
        Its name; that of the dataset will do where there is one layout.
    dataset : str
        The dataset that its files belong to.
    tables : tuple of Table
        Where the numbers stand, a ``[[layout.table]]`` each.
    columns : mapping
        Role of a key column to every heading the publisher has used for it; a heading between
        slashes is a regular expression. Case, blanks and note marks do not matter.
    roles : mapping
        Role to the coding of its cells: ``m49``, ``iso3``, ``name`` or ``text``.
    optional : tuple of str
        Roles of ``columns`` that an edition may lack.
    header_rows : tuple of int
        Rows in which the heading stood; elsewhere it is found and told.
    header_depth : int
        Rows over which a heading may be broken ("recog-" above "nition").
    fixed : mapping
        Dimension to a code, to ``@area`` or ``@origin`` (the key column of each row) or to
        ``@across`` (the place over each column of a matrix).
    values : mapping
        Role (``sex``, ``age``, ``area``, ``origin``, ``indicator``) to label to the code it stands
        for: ``sex = { "Women" = "F" }``. Of places only those that no list knows.
    by_row : mapping
        Role to label to what the label says of every measure of its row: a unit, an indicator.
    words : mapping
        Role to the labels that declared editions print, where nothing else lists them: another is
        told when a file is loaded.
    states : tuple of str
        Regular expressions whose first group is what a file says of its edition, in the order of
        trust.
    footnote : str
        Regular expression of the marks of notes behind names of places.
    estimate_mark : str
        What is printed behind a year whose numbers are not final: ``e``, ``(p)``.
    estimate_status : str
        SDMX status of these numbers: ``E`` estimated, ``P`` provisional.
    thousands : str
        Sign between thousands, where numbers are texts: ``,``.
    part : str
        What stands for the sheet in addresses of a file that has none.
    stop : str
        Regular expression with which the first label below the table begins; ``blank``: a blank row
        ends it.
    skip_row : str
        Regular expression of labels whose rows repeat a part of others, and are left out.
    flags : mapping
        Printed flag (a column with the role ``flag``) to SDMX status.
    interval : bool
        Whether a cell holds a number and its bounds: ``120 [90-160]``.
    classification : tuple
        Sheets that say which places belong to which groups.
    says : str
        Regular expression that the first or last rows must hold, where headings do not suffice.
    denies : str
        Regular expression that they must not hold: another table under the same headings.
    counts : bool
        Whether each row is one case: it counts 1, and its address is that of its first key.
    closed : bool
        Whether a heading that nobody declares means that this is another table.
    silent : bool
        Whether the table nowhere says what it counts, so that the user must name its edition.
    mute : bool
        Whether another table looks the same: only a declaration (``tables``) can tell this one.
    repeats : bool
        Whether the publisher prints parts of one number in several rows with the same key: the
        second gets the detail ``part=2``, so that nothing is lost and sums are right.
    label_code : str
        Regular expression whose first group is the code in a label (``AT:Austria``).
    missing : mapping
        Printed mark to SDMX observation status.
    groups : str
        Regular expression of labels that name groups of the publisher's own (``WB: World``): each
        is an area under that label, so that the same world printed four times is never added.
    takes : mapping
        Role to a regular expression whose first group is what counts in its labels: the year in
        ``2015-03-31``.
    instead_of : mapping
        Role to the role whose label is taken where its own is blank, or stands nowhere (the year in
        an incident's id, the day beside the year that is taken from it).
    doubles : bool
        Whether the publisher prints rows whose keys repeat: a repeated row gets the detail
        ``repeat=2``, rows that contradict each other ``contradiction=1``, ``2``; none is chosen.
    named : tuple of str
        Regular expressions of the publisher's file names, whose first group states the edition
        where the file itself states none.
    states_sheet : str
        Regular expression of the sheets that state the edition; by default the first three.
    dated_by : str
        Sheet whose newest date is the day of release (the World Bank's thresholds).
    revisions : bool
        Whether each edition revises all years, so that a series without its edition has no date.
    spread : bool
        Whether a heading stands over several columns of the row below (merged cells).
    ignored : mapping
        Regular expression of headings whose columns are left out, to the reason.
    ignored_sheets : mapping
        Regular expression of sheets that are left out, to the reason.
    carried : tuple of str
        Roles whose blank cells repeat the cell above (a country printed once over its years).
    """

    id: str
    dataset: str
    kind: str
    columns: Mapping[str, tuple[str, ...]]
    tables: tuple[Table, ...]
    roles: Mapping[str, str] = field(default_factory=dict)
    optional: tuple[str, ...] = ()
    header_rows: tuple[int, ...] = ()
    header_depth: int = 1
    fixed: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    by_row: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    states: tuple[str, ...] = ()
    missing: Mapping[str, str] = field(default_factory=lambda: {"": "O"})
    footnote: str = ""
    estimate_mark: str = ""
    estimate_status: str = "E"
    thousands: str = ""
    part: str = ""
    says: str = ""
    denies: str = ""
    counts: bool = False
    closed: bool = False
    silent: bool = False
    mute: bool = False
    repeats: bool = False
    label_code: str = ""
    stop: str = ""
    skip_row: str = ""
    flags: Mapping[str, str] = field(default_factory=dict)
    interval: bool = False
    events: bool = False
    classification: tuple[Mapping[str, Any], ...] = ()
    groups: str = ""
    ignored: Mapping[str, str] = field(default_factory=dict)
    ignored_sheets: Mapping[str, str] = field(default_factory=dict)
    takes: Mapping[str, str] = field(default_factory=dict)
    instead_of: Mapping[str, str] = field(default_factory=dict)
    doubles: bool = False
    named: tuple[str, ...] = ()
    states_sheet: str = ""
    dated_by: str = ""
    spread: bool = False
    revisions: bool = False
    carried: tuple[str, ...] = ()

    @property
    def uncoded(self) -> str:
        """The key column of places whose coding nobody declares; empty when there is none."""
        if all(m.unit == "NONE" for t in self.tables for m in t.measures):
            return ""  # texts, no numbers
        places = (r for r in ("area", "origin") if r in self.columns and r not in self.roles)
        return next(places, "")

    @cached_property
    def headings(self) -> Headings:
        """What each heading names."""
        return Headings(self.columns)
