"""A system without POSIX locks is told in one line what to do."""

import subprocess
import sys

import pytest

#: As on Windows: no module of that name is found.
WITHOUT = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name == "fcntl":
            raise ModuleNotFoundError(name)
sys.modules.pop("fcntl", None)
import importlib.util
real = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name == "fcntl" else real(name, package)
sys.meta_path.insert(0, Absent())
"""


@pytest.mark.parametrize(
    ("code", "exit_code"),
    [
        ("from sojourn.cli import main; sys.argv = ['sojourn', 'editions']; main()", 4),
        (
            "import sojourn\ntry:\n    sojourn.open()\nexcept ImportError as e: sys.exit(f'error: {e}')",
            1,
        ),
    ],
)
def test_windows_is_told_in_one_line_what_to_do(code: str, exit_code: int) -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT + code], capture_output=True, text=True)
    assert done.returncode == exit_code, done.stderr
    assert done.stderr.startswith("error: sojourn runs on Linux and macOS")
    assert "WSL" in done.stderr
    assert "Traceback" not in done.stderr
