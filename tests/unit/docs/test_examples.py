"""Every public name is shown at work: in its own words, in the reference, or with a reason why not."""

import doctest
import inspect
import re
import tempfile
from pathlib import Path

import pytest

import sojourn
from sojourn import api

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "docs" / "reference" / "api.md"
CLASSES = (sojourn.Data, sojourn.SiteFolder, sojourn.Plan, sojourn.Ledger)


def public() -> dict[str, object]:
    """Return what Python offers, by the name it is called by."""
    found: dict[str, object] = {
        name: getattr(sojourn, name) for name in sojourn.__all__ if name != "__version__"
    }
    for kind in CLASSES:
        for name, member in inspect.getmembers(kind):
            if not name.startswith("_"):
                found[f"{kind.__name__}.{name}"] = member
    return found


def examples() -> str:
    return "\n".join(re.findall(r"```pycon\n(.*?)```", REFERENCE.read_text("utf-8"), re.S))


def excused() -> dict[str, str]:
    """Return the names that the reference says are run elsewhere, and where."""
    rows = re.findall(r"^\| (`.+?) \| (.+?) \| .{15,} \|$", REFERENCE.read_text("utf-8"), re.M)
    return {name: where for names, where in rows for name in re.findall(r"`([\w.]+)`", names)}


def shown(name: str, found: object) -> bool:
    if ">>>" in (inspect.getdoc(found) or ""):
        return True
    verb = name.rpartition(".")[2]
    return re.search(rf"\.{verb}\b", examples()) is not None


@pytest.mark.parametrize("name", sorted(public()))
def test_every_public_name_is_shown_at_work_or_excused(name: str) -> None:
    assert shown(name, public()[name]) != (name in excused()), "one of the two"


def test_what_is_excused_is_there_and_runs_where_the_reference_says() -> None:
    assert set(excused()) <= set(public())
    assert set(api.TWINS.values()) <= set(public())
    for name, where in excused().items():
        files = re.findall(r"`([\w./]+)`|\]\(\.\./([\w./-]+)\)", where)
        paths = [ROOT / a if a else ROOT / "docs" / b for a, b in files]
        assert paths
        verb = name.rpartition(".")[2].replace("_", r"\W{0,6}_?")  # in Python, or as a command
        texts = [
            one.read_text("utf-8")
            for path in paths
            for one in (path.rglob("*.py") if path.is_dir() else [path])
        ]
        assert any(re.search(rf"\b{verb}\b", text) for text in texts), name


def test_the_examples_of_the_reference_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    parsed = doctest.DocTestParser().get_doctest(examples(), {}, "api.md", str(REFERENCE), 0)
    assert len(parsed.examples) > 40
    said: list[str] = []
    failed = doctest.DocTestRunner().run(parsed, out=said.append).failed
    assert not failed, "".join(said)
