"""The desk page in a real browser: keyboard and scanner, no script, no network, 200 % zoom, axe."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import sojourn

sync_api = pytest.importorskip("playwright.sync_api")
axe_module = pytest.importorskip("axe_playwright_python.sync_playwright")
pytest.importorskip("starlette")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Open the desk of a SYNTHETIC site as a newcomer does; its address."""
    monkeypatch.setenv("SOJOURN_KEYS", str(tmp_path / "devices"))
    sojourn.site_example(tmp_path / "S", people=40).plan(tmp_path / "P")
    command = [sys.executable, "-u", "-m", "sojourn", "relocate", "desk", str(tmp_path / "S")]
    command += ["--ledger", str(tmp_path / "ledger.jsonl"), "--device", "desk-1"]
    command += ["--plan", str(tmp_path / "P"), "--keys", str(tmp_path / "roles"), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        address = next(line for line in running.stdout if line.startswith("http")).split("/ ")[0]
        yield address
        running.terminate()
        running.wait(20)
        running.stdout.close()


def test_a_day_at_the_desk_by_keyboard(desk: str, tmp_path: Path) -> None:
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        outside = list[str]()
        for role in ("registrar", "protection", "transport", "signer"):
            page = browser.new_page(viewport={"width": 320, "height": 640})
            page.set_default_timeout(60_000)
            page.on("request", lambda r: outside.append(r.url) if desk not in r.url else None)
            page.goto(desk)
            page.set_input_files("#key", tmp_path / "roles" / f"{role}.key")
            page.press("main button", "Enter")
            page.wait_for_selector("table" if role == "signer" else "#q")
            if role != "signer":
                person = sojourn.custody(tmp_path / "ledger.jsonl").events[0].person
                # the field has the focus by itself, as a scanner needs: once the page is there
                page.wait_for_selector("#q:focus")
                page.keyboard.type(person)
                assert page.input_value("#q") == person
                page.keyboard.press("Enter")
                page.wait_for_selector("button[name=state]")
                page.locator("button[name=state]").nth(1).press("Enter")
                page.wait_for_selector(".good")
            page.wait_for_load_state("load")  # with its style sheet: sizes are measured
            # 320 px are a page of 640 px at 200 %; nothing is cut off sideways
            assert page.evaluate("document.documentElement.scrollWidth") <= 320
            sizes = page.eval_on_selector_all(
                "button, input:not([type=hidden])", "es => es.map(e => e.offsetHeight)"
            )
            assert min(sizes) >= 44
            found = axe_module.Axe().run(page, options=WCAG)
            broken = [(v["id"], v["nodes"][0]["html"]) for v in found.response["violations"]]
            assert broken == [], (role, broken)
            page.close()
        browser.close()
    assert outside == []
    events = sojourn.custody(tmp_path / "ledger.jsonl").events
    assert [e.source for e in events[-3:]] == [
        f"desk, {r}" for r in ("registrar", "protection", "transport")
    ]
