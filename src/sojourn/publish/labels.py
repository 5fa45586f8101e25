"""The page's own few words, in each language that the pages come in."""

from collections.abc import Mapping

from sojourn.publish.content import PageLabels

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
