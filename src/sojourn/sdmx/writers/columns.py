"""Components as expressions over an observation, for the engine to build lines from.

Free text is escaped in the engine; everything else is a code, a number or a digest.
"""

from sojourn.sdmx.model.dsd import Component

AREAS, SHORT = "CL_AREA", 3  # codes of areas are that short, or words of a publisher
_FREQ = (
    "CASE WHEN length(o.time_period) = 4 THEN 'A' "
    "WHEN ends_with(o.time_period, '/P5Y') THEN 'A5' "
    "WHEN regexp_full_match(o.time_period, '\\d{4}-Q[1-4]') THEN 'Q' "
    "WHEN regexp_full_match(o.time_period, '\\d{4}-\\d\\d') THEN 'M' "
    "WHEN regexp_full_match(o.time_period, '\\d{4}-\\d\\d-\\d\\d') THEN 'D' ELSE '_O' END"
)
_LETTERS = (
    "CASE WHEN o.col <= 26 THEN chr(64 + o.col::INTEGER) WHEN o.col <= 702 THEN "
    "chr(64 + (o.col::INTEGER - 1) // 26) || chr(65 + (o.col::INTEGER - 1) % 26) ELSE "
    "chr(64 + (o.col::INTEGER - 27 - 676) // 676 + 1 - 0) || chr(65 + ((o.col::INTEGER - 703) // 26) % 26) "
    "|| chr(65 + (o.col::INTEGER - 703) % 26) END"
)
_SOURCE = (
    "concat(o.edition, '#', CASE WHEN o.sheet = '' THEN '' ELSE o.sheet || '!' END, "
    f'{_LETTERS}, o."row")'
)


def _word(word: str) -> str:
    return f"nullif(regexp_extract(o.detail, '(?:^|;){word}=(.*?)(?:;[a-z][a-z0-9_]*=|$)', 1), '')"


def _code(expression: str) -> str:
    """Return text as an identifier of the standard, which has neither blanks nor marks."""
    return f"regexp_replace({expression}, '[^A-Za-z0-9_@$-]+', '_', 'g')"


def printed(component: Component) -> str:
    """Return the words of a code as they were printed; nothing where there are none."""
    if component.list == AREAS:
        return f"CASE WHEN length(o.{component.column}) > {SHORT} THEN o.{component.column} END"
    return f"coalesce({', '.join(_word(w) for w in component.detail)})"


def number(expression: str) -> str:
    """Return a number as text: whole ones without a point, others with all their digits."""
    return (
        f"CASE WHEN {expression} = trunc({expression}) AND abs({expression}) < 1e15 "
        f"THEN ({expression})::BIGINT::VARCHAR ELSE ({expression})::VARCHAR END"
    )


def raw(component: Component) -> str:
    """Return a component as the engine computes it: text, or a number for a measure."""
    if component.id == "FREQ":
        return _FREQ
    if component.id == "SOURCE_REF":
        return _SOURCE
    if component.id == "INDICATOR":
        return "upper(o.indicator)"
    if component.constant:
        return f"'{component.constant}'"
    if component.multiplied:
        return f"(o.{component.column} * pow(10, o.unit_mult))"
    words = ", ".join(_word(w) for w in component.detail)
    column = f"o.{component.column}"
    if words and not component.text:
        found = f"CASE WHEN o.detail = '' THEN NULL ELSE upper({_code(f'coalesce({words})')}) END"
        if component.column:
            return (
                f"CASE WHEN {column} <> '_Z' THEN {_code(column)} ELSE coalesce({found}, '_Z') END"
            )
        return f"coalesce({found}, '_Z')"
    if component.list == AREAS:  # a group of a publisher may bear its words instead of a code
        return f"CASE WHEN length({column}) <= {SHORT} THEN {column} ELSE {_code(column)} END"
    if words:
        return f"coalesce({words})"
    return f"o.{component.column}"


def shown(component: Component) -> str:
    """Return a component as text; nothing where it has no value."""
    expression = raw(component)
    return number(expression) if component.number else expression


def _odd(expression: str) -> str:
    """Return whether text needs quotes in CSV: four searches cost an eighth of one pattern."""
    marks = ("','", "chr(34)", "chr(10)", "chr(13)")
    return "(" + " OR ".join(f"contains({expression}, {mark})" for mark in marks) + ")"


def csv_text(expression: str) -> str:
    """Return text as a CSV field: quoted where it must be, and no formula for a spreadsheet."""
    safe = (
        f"CASE WHEN ({expression})[1] IN ('=', '+', '-', '@', chr(9), chr(13)) "
        f"THEN chr(39) || ({expression}) ELSE ({expression}) END"
    )
    quoted = f"'\"' || replace({safe}, '\"', '\"\"') || '\"'"
    return f"CASE WHEN {_odd(expression)} THEN {quoted} ELSE {safe} END"


def csv_address() -> str:
    """Return the cell as a CSV field: only the names of an edition and of a sheet need quotes.

    The engine looks at each of the few names once, where `csv_text` would look at every address.
    """
    odd = f"{_odd('o.sheet')} OR {_odd('o.edition')}"
    return f"CASE WHEN {odd} THEN {csv_text(_SOURCE)} ELSE {_SOURCE} END"


def xml_text(expression: str) -> str:
    """Return text as the value of an XML attribute; characters that XML cannot hold are left out."""
    out = f"regexp_replace({expression}, '[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f]', '', 'g')"
    marks = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"))
    for mark, written in marks:
        out = f"replace({out}, '{mark}', '{written}')"
    for code in (9, 10, 13):
        out = f"replace({out}, chr({code}), '&#{code};')"
    return out


def json_text(expression: str) -> str:
    """Return text as a JSON string."""
    return f"to_json({expression})::VARCHAR"
