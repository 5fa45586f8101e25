"""A document with every kind of block; its numbers are synthetic and say so."""

from collections.abc import Mapping
from datetime import date

from sojourn.publish.chart import Chart, Wording
from sojourn.publish.content import (
    Alternate,
    Block,
    Change,
    ChangesTable,
    ChartBlock,
    Document,
    Download,
    Facts,
    Footnote,
    KeyNumber,
    KeyNumbers,
    LineageAppendix,
    LineageNode,
    Link,
    Notes,
    Number,
    PageLabels,
    Paragraph,
    Section,
    Strong,
    TableBlock,
)
from sojourn.publish.draw.bars import Bar, bars
from sojourn.publish.draw.trend import Line, sparkline, trend

LABELS: Mapping[str, PageLabels] = {
    "en": PageLabels(
        skip_to_content="Skip to the content",
        contents="Contents",
        source="Source",
        show_table="The numbers as a table",
        download="Download",
        languages="Languages",
        trace="Where this number comes from",
        page="Page",
        notes="Notes",
        collapse="Close",
    ),
    "fr": PageLabels(
        skip_to_content="Aller au contenu",
        contents="Sommaire",
        source="Source",
        show_table="Les chiffres sous forme de tableau",
        download="Télécharger",
        languages="Langues",
        trace="D’où vient ce chiffre",
        page="Page",
        notes="Notes",
        collapse="Fermer",
    ),
    "es": PageLabels(
        skip_to_content="Ir al contenido",
        contents="Índice",
        source="Fuente",
        show_table="Las cifras en forma de cuadro",
        download="Descargar",
        languages="Idiomas",
        trace="De dónde procede esta cifra",
        page="Página",
        notes="Notas",
        collapse="Cerrar",
    ),
    "ar": PageLabels(
        skip_to_content="انتقل إلى المحتوى",
        contents="المحتويات",
        source="المصدر",
        show_table="الأرقام في جدول",
        download="تنزيل",
        languages="اللغات",
        trace="مصدر هذا الرقم",
        page="صفحة",
        notes="ملاحظات",
        collapse="إغلاق",
    ),
}

WORDS = {
    "en": ("Synthetic factsheet", "Half of all synthetic people live in three places", "Persons"),
    "fr": (
        "Fiche synthétique",
        "La moitié des personnes fictives vivent en trois lieux",
        "Personnes",
    ),
    "es": (
        "Ficha sintética",
        "La mitad de las personas ficticias vive en tres lugares",
        "Personas",
    ),
    "ar": ("صحيفة بيانات تجريبية", "نصف الأشخاص في هذا المثال يعيشون في ثلاثة أماكن", "أشخاص"),
}


def _wording(language: str, chart_id: str, title: str) -> Wording:
    return Wording(
        id=chart_id,
        title=title,
        alt=f"{title}: A 12.5, B 7.0, C 3.5 (synthetic).",
        number=lambda v: f"{v:,.1f}".replace(",", "\u2009"),
        no_data="no data",
        language=language,
        direction="rtl" if language == "ar" else "ltr",
    )


def demo_chart(language: str = "en", chart_id: str = "stock") -> Chart:
    title = f"{WORDS[language][0]}: {WORDS[language][2]}"
    rows = [Bar("Northland (synthetic)", 12.5), Bar("Isla <Süd>", 7.0), Bar("=Côte", 3.5)]
    return bars(rows, _wording(language, chart_id, title), header=("area", "persons"))


def _spark(language: str, i: int) -> Chart:
    points = tuple((1990.0 + 5 * k, 10.0 + i + (k * (i + 1)) % 7) for k in range(7))
    return sparkline(
        points, _wording(language, f"spark-{i}", "Synthetic trend"), header=("year", "value")
    )


def _key_numbers(language: str) -> KeyNumbers:
    title, _, persons = WORDS[language]
    return KeyNumbers(
        items=tuple(
            KeyNumber(
                label=f"{persons} ({title}) {i + 1}",
                value=Number(f"{243 + i}.7 M", "root"),
                change=("+", Number("2.4 %", "root"), " 2010–2015"),
                sparkline=_spark(language, i),
                source=("Synthetic edition",),
            )
            for i in range(8)
        )
    )


def _lines(language: str) -> Chart:
    series = [
        Line("Northland", ((1990, 10.0), (1995, 12.0), (2000, 15.0), (2005, 19.0), (2015, 28.0))),
        Line("Southland", ((1990, 9.5), (1995, 11.0), (2000, None), (2005, 14.0), (2015, 18.5))),
        Line("Isla", ((1990, 3.5), (2000, 6.0), (2015, 17.5))),
    ]
    return trend(
        series,
        _wording(language, "lines", f"{WORDS[language][0]} 1990–2015"),
        header=("series", "year", "persons"),
    )


def _blocks(language: str) -> tuple[Block, ...]:
    _, finding, persons = WORDS[language]
    chart = ChartBlock(
        chart=demo_chart(language),
        finding=(finding, ": ", Number("12.5", "root")),
        source=("Synthetic publisher, edition 2015 (CC0)",),
        caption=("Bars start at zero.",),
        downloads=(Download(label="CSV", href="data:text/csv;base64,YQ==", filename="a.csv"),),
        size="half",
    )
    return (
        Paragraph(
            content=(
                Strong(persons),
                " ",
                Number("23.0", "root"),
                Footnote(("Synthetic remark.",)),
                " — ",
                Link("figures", "figures.csv"),
            )
        ),
        Facts(
            items=tuple(
                (
                    f"{persons}: ",
                    Number(str(i), "root"),
                    " of the synthetic total lived somewhere else than they were born.",
                )
                for i in range(4)
            )
        ),
        chart,
        ChartBlock(
            chart=demo_chart(language, "second"),
            finding=(finding,),
            source=("Synthetic publisher",),
            size="half",
        ),
        ChartBlock(chart=_lines(language), finding=(finding,), source=("Synthetic publisher",)),
        TableBlock(
            id="table",
            caption=f"{persons} (synthetic)",
            header=("Area", persons),
            rows=((("Northland",), (Number("12.5", "root"),)), (("#panic",), ("..",))),
            numeric=(False, True),
        ),
        Notes(
            items=(("A remark with [brackets], *stars*, $dollars$ and #hash.",),), heading="Notes"
        ),
    )


def demo_document(language: str = "en") -> Document:
    title, finding, _ = WORDS[language]
    tree = LineageNode(
        id="root",
        label="World, stock (synthetic)",
        value="243.7 M",
        detail="sum",
        children=(
            LineageNode(
                label="Northland", value="12 500 000", address="synthetic@2015-12-01#Table 1!F17"
            ),
            LineageNode(
                label="Isla",
                value="7 000 000",
                children=(LineageNode(label="cell", address="synthetic@2015-12-01#Table 1!F18"),),
            ),
        ),
    )
    change = Change(
        figure="Stock (synthetic)",
        then=(Number("243.7", "root"),),
        now=("248.0",),
        difference=("+4.3",),
        verdict="revised by the publisher",
        reason=("Synthetic reason.",),
    )
    return Document(
        language=language,
        direction="rtl" if language == "ar" else "ltr",
        title=title,
        subtitle=f"{finding} (synthetic, 2015)",
        notice="Rebuilt from the publishers' files by sojourn; not an IOM publication",
        edition_note=(
            "Synthetic edition as of 2016-12-31. ",
            Link("How to load data", "https://example.org/"),
        ),
        dated=date(2016, 12, 31),
        labels=LABELS[language],
        alternates=tuple(
            Alternate(language=k, name=k, href=f"index.{k}.html") for k in ("en", "fr", "es")
        ),
        footer=(("The boundaries and names shown do not imply official endorsement.",),),
        sections=(
            Section(
                id="key",
                topic="Key",
                heading=finding,
                blocks=(_key_numbers(language),),
                lead=("Synthetic lead with ", Number("3.3 %", "root"), "."),
            ),
            Section(
                id="stock-section",
                topic="Stock",
                heading=f"{finding}, again",
                blocks=_blocks(language),
            ),
            Section(
                id="changes",
                topic="Changes",
                heading="What changed (synthetic)",
                blocks=(
                    ChangesTable(
                        id="changed",
                        caption="Synthetic changes",
                        header=("Figure", "Then", "Now", "Difference", "Verdict", "Reason"),
                        changes=(change,),
                    ),
                ),
            ),
            Section(
                id="lineage",
                topic="Lineage",
                heading="Where the numbers come from (synthetic)",
                blocks=(LineageAppendix(trees=(tree,)),),
            ),
        ),
    )
