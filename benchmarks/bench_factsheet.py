"""The factsheet in three languages, beside building each language on its own.

The baseline starts the command once a language: every figure is then computed three times. The
second line is the time of `sojourn --help`, beside starting Python alone.

Run: python benchmarks/bench_factsheet.py [DATA]
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

LANGUAGES = ("en", "fr", "es")


def timed(*arguments: str) -> float:
    """Run a program; return its seconds."""
    begin = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    return time.perf_counter() - begin


def main() -> None:
    """Print seconds of both and the ratio."""
    data = ["--data", sys.argv[1]] if len(sys.argv) > 1 else []
    run = ["-c", "from sojourn.cli import main; main()"]
    with tempfile.TemporaryDirectory() as made:
        asked = [*run, "factsheet", "2015", "--out", str(Path(made) / "f"), *data]
        timed(*asked)  # warm
        ours = timed(*asked)
        theirs = sum(timed(*asked, "--language", language) for language in LANGUAGES)
    source = sys.argv[1] if data else "the embedded edition"
    print(
        f"factsheet 2015 from {source}, three languages: {ours:.1f} s; one by one {theirs:.1f} s; ratio {theirs / ours:.1f}x"
    )
    helped, bare = (
        min(timed(*run, "--help") for _ in range(5)),
        min(timed("-c", "") for _ in range(5)),
    )
    print(
        f"sojourn --help {1e3 * helped:.0f} ms; Python alone {1e3 * bare:.0f} ms; ratio {helped / bare:.1f}x"
    )


if __name__ == "__main__":
    main()
