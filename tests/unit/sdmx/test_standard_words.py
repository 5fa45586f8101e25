"""Words of SDMX REST and of HTTP, read without a store: what is accepted, refused, compared, and sent."""

import asyncio
import json
from datetime import date
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from guarded import TestClient  # noqa: F401 - what Starlette's import warns of is not ours
from starlette.requests import Request

from sojourn.errors import SojournError
from sojourn.sdmx.run.asked import MOST_KEYS, Asked, asked, day, keys, most, period, terms
from sojourn.sdmx.run.formats import DATA, STRUCTURE, chosen, languages
from sojourn.sdmx.run.refusal import Empty, Refusal
from sojourn.sdmx.run.structures import mine
from sojourn.sdmx.server import app
from sojourn.sdmx.server.paths import PATHS

JSON = "application/vnd.sdmx.data+json"
CSV = "application/vnd.sdmx.data+csv"
XML = "application/vnd.sdmx.data+xml"

# ------------------------------------------------------------------------------------ formats


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("text/csv;q=0.5, application/json", f"{JSON};version=2.1.0"),
        ("text/csv, application/json", f"{CSV};version=2.1.0"),
        ("application/json, text/csv", f"{JSON};version=2.1.0"),
        ("application/json;q=0.2, text/csv;q=0.9, application/xml;q=0.5", f"{CSV};version=2.1.0"),
        ("application/json;q=0, text/csv;q=0.001", f"{CSV};version=2.1.0"),
        ("application/json;q=nonsense, text/csv;q=0.1", f"{CSV};version=2.1.0"),
        ('TEXT/CSV;Q="0.7"', f"{CSV};version=2.1.0"),
        (f"text/html, {CSV};version=1.0.0", f"{CSV};version=1.0.0"),
        (f"{CSV};version=2.0.0", f"{CSV};version=2.0.0"),
        (f"{CSV};version=2", f"{CSV};version=2.0.0"),
        (f"{CSV};version=2.0+.0", f"{CSV};version=2.1.0"),
        (f"{CSV};version=2.1+.0", f"{CSV};version=2.1.0"),
        (f"{CSV};version=1+.0.0", f"{CSV};version=2.1.0"),
        (f"{XML};version=3.0.0", f"{XML};version=3.0.0"),
        (XML, f"{XML};version=3.1.0"),
        ("*/*", f"{JSON};version=2.1.0"),
        ("application/*", f"{JSON};version=2.1.0"),
        ("", f"{JSON};version=2.1.0"),
    ],
)
def test_the_first_of_the_heaviest_that_is_offered_is_sent(accept: str, media: str) -> None:
    """RFC 9110, 12.5.1: weights from 0 (not wanted) to 1; of equal weight what stands first."""
    assert chosen(accept, DATA, old=False).media == media


@pytest.mark.parametrize(
    "accept",
    [
        "image/png",
        "text/csv;q=0",
        f"{CSV};version=9.0.0",
        f"{CSV};version=2.0.9",
        f"{CSV};version=2.2+.0",
        f"{CSV};version=x+",
        ",",
    ],
)
def test_what_is_not_offered_is_not_acceptable(accept: str) -> None:
    with pytest.raises(Refusal, match="is not offered") as refused:
        chosen(accept, DATA, old=False)
    assert refused.value.status == 406
    assert all(f.media in refused.value.hint for f in DATA)


@pytest.mark.parametrize(
    ("short", "old", "media", "labels"),
    [
        ("csv", False, f"{CSV};version=2.1.0", "id"),
        ("csvfile", False, f"{CSV};version=2.1.0", "id"),
        ("CSVFileWithLabels", False, f"{CSV};version=2.1.0", "both"),
        ("csv", True, f"{CSV};version=1.0.0", "id"),
        ("csvfilewithlabels", True, f"{CSV};version=1.0.0", "both"),
        ("json", True, f"{JSON};version=2.1.0", "id"),
        ("sdmx-json", False, f"{JSON};version=2.1.0", "id"),
        ("sdmx-ml", True, "application/vnd.sdmx.structurespecificdata+xml;version=2.1", "id"),
        ("", True, "application/vnd.sdmx.structurespecificdata+xml;version=2.1", "id"),
    ],
)
def test_a_short_word_says_more_than_the_header(
    short: str, media: str, labels: str, *, old: bool
) -> None:
    found = chosen("*/*", DATA, old=old, short=short)
    assert (found.media, found.labels) == (media, labels)


def test_a_structure_has_no_csv() -> None:
    with pytest.raises(Refusal, match="format='csv' is not offered"):
        chosen("*/*", STRUCTURE, old=False, short="csv")
    assert chosen("*/*", STRUCTURE, old=True).form == "2.1"
    assert chosen("*/*", STRUCTURE, old=False).writer == "json"


def test_labels_are_a_word_of_csv_alone() -> None:
    for labels in ("id", "both", "name"):
        assert chosen(f"{CSV};labels={labels}", DATA, old=False).labels == labels
        assert chosen(f"text/csv;labels={labels}", DATA, old=False).labels == labels
        assert chosen(f"application/json;labels={labels}", DATA, old=False).labels == "id"
        assert chosen(f"{XML};labels={labels}", DATA, old=False).labels == "id"


@pytest.mark.parametrize(
    ("accept", "told"),
    [
        ("fr", ("fr",)),
        ("FR-ch;q=0.3, en", ("fr", "en")),
        ("es, es-MX, xx", ("es",)),
        ("xx", ("en", "fr", "es", "ar", "ru", "zh")),
    ],
)
def test_names_come_in_the_languages_that_are_asked_for(accept: str, told: tuple[str, ...]) -> None:
    assert languages(accept) == told


# ----------------------------------------------------------------------------- what is asked


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("840", (("eq", ("840",)),)),
        ("840,276", (("eq", ("840", "276")),)),
        ("ge:2000+le:2010", (("ge", ("2000",)), ("le", ("2010",)))),
        ("ge:2000 le:2010", (("ge", ("2000",)), ("le", ("2010",)))),
        ("co:a,co:b", (("co", ("a", "b")),)),
        ("co:a,sw:b", (("co", ("a", "sw:b")),)),
        ("nc:a+ew:b", (("nc", ("a",)), ("ew", ("b",)))),
        ("a+b", (("eq", ("a+b",)),)),
        ("xx:a", (("eq", ("xx:a",)),)),
        ("lt:1+gt:0+ne:2", (("lt", ("1",)), ("gt", ("0",)), ("ne", ("2",)))),
    ],
)
def test_a_comma_is_or_and_a_plus_before_an_operator_is_and(text: str, found: object) -> None:
    assert terms(text) == found


def test_a_key_has_a_part_for_each_dimension_and_commas_between_keys() -> None:
    assert keys("A.B+C..*,D") == ((("A",), ("B", "C"), (), ()), (("D",),))
    assert len(keys(",".join("A" * MOST_KEYS))) == MOST_KEYS == 5000
    with pytest.raises(Refusal, match="5,001 keys") as refused:
        keys(",".join("A" * (MOST_KEYS + 1)))
    assert (refused.value.status, refused.value.hint) == (413, "ask for 5,000 at most")


@pytest.mark.parametrize(
    "text",
    [
        "2015",
        "2015-03",
        "2015-12",
        "2015-Q1",
        "2015-M12",
        "2015-D365",
        "2015-W07",
        "2015-03-14",
        "2015-A1",
        "2015-S2",
        "2015-T3",
        "2010-07-01/P5Y",
        "2015/P1Y",
        "2015-03-14T00:00:00",
        "2010-07-01T00:00:00/P5Y",
    ],
)
def test_periods_of_the_standard_are_read(text: str) -> None:
    """Of a moment its day; the third third of a year is no time of day."""
    assert period("startPeriod", text) == text.replace("T00:00:00", "")


@pytest.mark.parametrize(
    "text",
    [
        "15",
        "20155",
        "2015-13",
        "2015-00",
        "2015-3",
        "2015-03-41",
        "2015-X1",
        "2015-Q",
        "soon",
        "2015-03-14T",
        "2015/P",
        "2015/5Y",
        "2015-Q1234",
        "2015-",
    ],
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="is no period") as refused:
        period("startPeriod", text)
    assert refused.value.status == 400


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2016-12-31", date(2016, 12, 31)),
        ("2016-12-31T23:59:59Z", date(2016, 12, 31)),
        ("2016-12-31T23:00:00-02:00", date(2017, 1, 1)),
        ("2017-01-01T00:30:00 01:00", date(2016, 12, 31)),  # a plus that was sent as it is
    ],
)
def test_a_moment_is_a_day_of_utc(text: str, found: date) -> None:
    assert day("asOf", text) == found


@pytest.mark.parametrize(
    "text", ["", "2016-13-01", "yesterday", "2016-12-31 T", "0001-01-01T00:00:00+14:00"]
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="is no date") as refused:
        day("asOf", text)
    assert refused.value.status == 400


def test_a_number_of_observations_is_as_it_is_said_and_a_very_large_one_is_all() -> None:
    for text in ("1", "007", "12345678", "123456789"):
        assert most("lastNObservations", text) == int(text)
    for text in ("9999999999", "9" * 5000):
        assert most("lastNObservations", text) >= 10**9
    for text in ("0", "00", "", "-1", "1.0", "1e3", "+1", "x"):
        with pytest.raises(Refusal, match="is no positive whole number") as refused:
            most("lastNObservations", text)
        assert refused.value.status == 400


def test_what_is_not_said_is_the_default_of_the_standard() -> None:
    """SDMX REST 2.2, data: every attribute, series in time, the newest edition, no references."""
    assert asked("") == Asked()
    plain = Asked()
    assert (plain.observation, plain.detail, plain.references) == ("TIME_PERIOD", "full", "none")
    assert (plain.mode, plain.history, plain.as_of, plain.first) == ("exact", False, None, 0)


@pytest.mark.parametrize(
    ("query", "field", "value"),
    [
        ("includeHistory=TRUE", "history", True),
        ("includeHistory=false", "history", False),
        ("mode=available", "mode", "available"),
        ("attributes=none", "attributes", "none"),
        ("attributes=dsd", "attributes", "dsd"),
        ("attributes=all", "attributes", "all"),
        ("measures=all", "detail", "full"),
        ("detail=dataonly", "detail", "dataonly"),
        ("detail=referencepartial", "detail", "referencepartial"),
        ("references=children", "references", "children"),
        ("firstNObservations=3", "first", 3),
        ("lastNObservations=4", "last", 4),
        ("startPeriod=2015-03", "start", "2015-03"),
        ("endPeriod=2016", "end", "2016"),
        ("asOf=2016-12-31", "as_of", date(2016, 12, 31)),
        ("updatedAfter=2016-12-31", "updated_after", date(2016, 12, 31)),
        ("asOf=2016-12-31&updatedAfter=2016-12-31", "as_of", date(2016, 12, 31)),
        ("dimensionAtObservation=AllDimensions", "observation", "AllDimensions"),
        ("c[SEX]=F", "filters", (("SEX", (("eq", ("F",)),)),)),
        ("&&c%5BSEX%5D=F&", "filters", (("SEX", (("eq", ("F",)),)),)),
    ],
)
def test_each_word_of_a_query_says_one_thing(query: str, field: str, value: object) -> None:
    found = asked(query)
    assert getattr(found, field) == value
    others = {f for f in Asked.__slots__ if f != field and getattr(found, f) != getattr(Asked(), f)}
    assert others <= {"updated_after"}


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("nonsense=1", 400, "unknown parameter 'nonsense'"),
        ("c[SEX=F", 400, "unknown parameter"),
        ("detail=full&detail=full", 400, "detail is given twice"),
        (
            "asOf=2016-01-01&updatedAfter=2016-01-02",
            400,
            "updatedAfter 2016-01-02 is later than asOf",
        ),
        ("includeHistory=yes", 400, "includeHistory='yes'"),
        ("detail=most", 400, "detail='most'"),
        ("mode=some", 400, "mode='some'"),
        ("attributes=SEX", 501, "attributes='SEX' is not offered"),
        ("measures=none", 501, "a choice of measures is not offered"),
        ("offset=1", 501, "offset is not offered"),
        ("limit=1", 501, "limit is not offered"),
        ("sort=1", 501, "sort is not offered"),
    ],
)
def test_a_word_that_is_none_is_refused(query: str, status: int, said: str) -> None:
    with pytest.raises(Refusal) as refused:
        asked(query)
    assert refused.value.status == status
    assert said in refused.value.problem
    if "unknown" in said:
        assert "startPeriod" in refused.value.hint
        assert "offset" not in refused.value.hint


@pytest.mark.parametrize(
    "number", ["1.0.0", "1.0", "*", "all", "~", "+", "latest", "", "1+.0.0", "1.0+.0", "9,1.0"]
)
def test_every_way_to_say_our_version_is_ours(number: str) -> None:
    for agencies in ("SOJOURN", "*", "all", "", "ECB,SOJOURN"):
        assert mine(agencies, number)
    assert not mine("ECB", number)


@pytest.mark.parametrize("number", ["2.0.0", "1.1", "0.9", "2+.0.0", "x"])
def test_another_version_is_not_ours(number: str) -> None:
    assert not mine("SOJOURN", number)


# ------------------------------------------------------------------------------- what is sent

#: SDMX REST 2.2, errors: the code of the standard for each status of HTTP.
CODES = {400: 140, 403: 110, 404: 100, 406: 140, 413: 510, 414: 140, 422: 150, 501: 501, 503: 503}


@pytest.mark.parametrize("status", [*CODES, 418])
@pytest.mark.parametrize("old", [False, True])
def test_a_refusal_is_told_with_the_code_of_the_standard(status: int, *, old: bool) -> None:
    told = app._refused(Refusal(status, "no <b>\x01 here", hint="try\tagain"), old=old)
    assert told.status_code == status
    assert told.headers["vary"] == "Accept, Accept-Language, Accept-Encoding"
    assert told.headers.get("retry-after") == ("5" if status == 503 else None)
    if not old:
        [one] = json.loads(told.body)["errors"]
        want = {"code": CODES.get(status, 500), "title": "no <b>\x01 here", "detail": "try\tagain"}
        assert one == want
        return
    assert told.headers["content-type"].startswith("application/xml")
    message = ElementTree.fromstring(bytes(told.body))
    [inside] = message
    assert message.tag.endswith("}Error")
    assert inside.get("code") == str(CODES.get(status, 500))
    assert "no <b> here" in "".join(inside.itertext())


def test_nothing_is_204_and_on_older_paths_404_and_a_fault_is_503() -> None:
    assert (
        app._refused(Empty("x"), old=False).status_code,
        app._refused(Empty("x"), old=True).status_code,
    ) == (
        204,
        404,
    )
    assert app._refused(Empty("x"), old=False).body == b""
    fault = app._refused(SojournError("x"), old=False)
    assert (fault.status_code, fault.headers["retry-after"]) == (503, "5")


@pytest.mark.parametrize("at_once", [1, 2, 5])
def test_a_place_is_taken_until_it_is_given_back(at_once: int) -> None:
    limits = app.Limits(at_once=at_once)
    for _ in range(3):
        for _ in range(at_once):
            limits.enter()
        said = "1 request is" if at_once == 1 else f"{at_once} requests are"
        with pytest.raises(Refusal, match=f"^{said} being answered") as refused:
            limits.enter()
        assert refused.value.status == 503
        for _ in range(at_once):
            limits.leave()
    assert limits.active == 0
    assert (app.Limits().at_once, app.Limits().seconds) == (16, 120.0)


def request(path: str = "/data/F", query: str = "", **headers: str) -> Request:
    """A request as a server of ASGI gives it."""
    named = [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode()}
    return Request({**scope, "query_string": query.encode(), "headers": named})


@pytest.mark.parametrize(
    ("said", "packed"),
    [
        ("gzip", True),
        ("br, GZIP", True),
        ("gzip;q=0.5", True),
        ("br;q=1.0, gzip; q=0.001", True),
        ("gzip;q=1", True),
        ("", False),
        ("br", False),
        ("identity", False),
        ("gzip;q=0", False),
        ("gzip;q=0.0", False),
        ("gzip;q=0.00", False),
        ("br, gzip;q=0.000", False),
        ("gzipped", False),
    ],
)
def test_an_answer_is_packed_where_gzip_is_wanted(said: str, *, packed: bool) -> None:
    """RFC 9110, 12.4.2: a weight has up to three digits, and one of 0 means not wanted."""
    assert app._gzip(request(accept_encoding=said)) is packed


DATA_PATH = next(p for p in PATHS if p.template == "/data/{flow}/{key}/{provider}")


def test_a_request_as_long_as_may_be_is_read_and_one_byte_more_is_not() -> None:
    path = "/data/F/A/all"
    for query in (app.LONGEST - len(path), 0):
        asking = app._asking(DATA_PATH, request(path, "x" * query))
        assert asking.segments == {"flow": "F", "key": "A", "provider": "all"}
        assert asking.query == "x" * query
    assert app._asking(DATA_PATH, request(f"{path}/")).segments == asking.segments
    assert app._asking(DATA_PATH, request("/data/F")).segments == {"flow": "F"}
    with pytest.raises(Refusal) as refused:
        app._asking(DATA_PATH, request(path, "x" * (app.LONGEST - len(path) + 1)))
    assert refused.value.status == 414
    assert (refused.value.problem, refused.value.hint) == (
        "a request of 32,769 bytes",
        "32,768 at most",
    )


def test_what_a_client_accepts_is_what_it_sent_or_everything() -> None:
    plain = app._asking(DATA_PATH, request())
    assert (plain.accept, plain.language) == ("*/*", "")
    said = app._asking(DATA_PATH, request(accept="text/csv", accept_language="fr"))
    assert (said.accept, said.language) == ("text/csv", "fr")


def test_other_answers_have_other_tags_and_the_same_has_the_same() -> None:
    """RFC 9110, 8.8.3: a strong tag changes whenever the bytes do, and stands in quotes."""
    served = SimpleNamespace(digest="d1")
    kinds = {p.kind: p for p in PATHS}
    asks = [
        (served, "data", request()),
        (SimpleNamespace(digest="d2"), "data", request()),
        (served, "data", request("/data/G")),
        (served, "data", request(query="a=1")),
        (served, "data", request(accept="text/csv")),
        (served, "data", request(accept_encoding="gzip")),
        (served, "structure", request("/dataflow", accept_language="fr")),
        (served, "availability", request("/availableconstraint/F")),
        (served, "schema", request("/schema/dataflow/S")),
        (served, "none", request("/metadata/a")),
    ]

    def tag(surface: object, kind: str, sent: Request) -> str:
        return app._tag(surface, app._asking(kinds[kind], sent), sent)  # type: ignore[arg-type]

    tags = [tag(*one) for one in asks]
    assert len(set(tags)) == len(asks)
    assert all(t[0] == t[-1] == '"' and "\n" not in t for t in tags)
    assert [tag(*one) for one in asks] == tags


def test_the_pages_about_the_server_say_what_it_is() -> None:
    surface = SimpleNamespace(public=True, digest="d1")
    version = json.loads(asyncio.run(app._version(surface, request())).body)  # type: ignore[arg-type]
    assert (version["rest"], version["public"], version["store"]) == ("2.2.2", True, "d1")
    welcome = json.loads(asyncio.run(app._welcome(request())).body)
    assert welcome["agency"] == "SOJOURN"
    assert set(welcome["paths"]) == {p.template for p in PATHS}
    assert json.loads(asyncio.run(app._health(request())).body) == {"status": "ok"}
    told = json.loads(asyncio.run(app._openapi(request())).body)["paths"]
    assert set(told) == {p.template for p in PATHS} | {"/health", "/version", "/openapi.json", "/"}


# ------------------------------------------------------------------------------------- paths


def grown(start: str, parts: str, least: int) -> set[str]:
    """A path and the same with each of its last segments left out."""
    names = parts.split()
    return {
        "/".join([start, *(f"{{{p}}}" for p in names[:n])]) for n in range(least, len(names) + 1)
    }


def test_the_paths_are_those_of_rest_2_2_and_1_5() -> None:
    contexts = ("dataflow", "datastructure", "provisionagreement", "*")
    new = grown("/structure", "type agency id version item", 1)
    old = grown("/data/{flow}", "key provider", 0) | grown("/{type}", "agency id version item", 0)
    old |= grown("/availableconstraint/{flow}", "key provider component", 0)
    of = {"structure": set(new), "none": grown("/metadata", "a b c d e", 1)}
    of["none"] |= grown("/registration", "a b c d", 1)
    for kind, more in (("data", "key"), ("availability", "key component"), ("schema", "")):
        of[kind] = set[str]()
        for context in contexts:
            made = grown(f"/{kind}/{context}", f"agency id version {more}", 1)
            of[kind] |= made
            assert {p.template for p in PATHS if p.context == context and p.kind == kind} == made
        new |= of[kind]
    assert {p.template for p in PATHS if p.old} == old
    assert {p.template for p in PATHS if not p.old and p.kind != "none"} == new
    for kind, want in of.items():
        assert {p.template for p in PATHS if p.kind == kind and not p.old} == want
    places = [p.template for p in PATHS]
    assert len(places) == len(set(places))
    for path in PATHS:  # the longest of a family stands first, so that the router finds it
        assert path.said


@pytest.mark.parametrize("path", PATHS, ids=lambda p: p.template)
def test_the_page_for_programs_says_of_each_path_what_may_come_back(path: object) -> None:
    from sojourn.sdmx.server.openapi import document

    told = document()["paths"][path.template]["get"]  # type: ignore[attr-defined]
    codes = set(told["responses"])
    segments = [p["name"] for p in told["parameters"] if p["in"] == "path"]
    assert segments == [s.strip("{}") for s in path.template.split("/") if s.startswith("{")]  # type: ignore[attr-defined]
    assert all(
        p["required"] and p["schema"]["type"] == "string"
        for p in told["parameters"]
        if p["in"] == "path"
    )
    if path.kind == "none":  # type: ignore[attr-defined]
        assert codes == {"501", "414"}
        return
    refusals = {"304", "400", "403", "404", "406", "413", "414", "422", "501", "503"}
    assert codes == refusals | {"200"} | (set() if path.old else {"204"})  # type: ignore[attr-defined]
    offered = DATA if path.kind == "data" else STRUCTURE  # type: ignore[attr-defined]
    assert set(told["responses"]["200"]["content"]) == {f.media for f in offered}
    for code, said in told["responses"].items():
        media = set(said.get("content", ()))
        if code in ("204", "304"):
            assert not media
        elif code != "200":
            old = {"application/xml"} if path.old else set()  # type: ignore[attr-defined]
            assert media == {"application/json"} | old
