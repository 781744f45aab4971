"""Measure polling: a cold poll of 1,000 loopback feeds and three polls with 5 % changed, beside other feed readers.

    make bench                                   # all of it, about ten minutes on two cores
    python bench/poll.py --feeds 300 --rounds 1  # a quick look
    python bench/poll.py --only ''               # watcher alone

The feed server and the runner are the programs of the research folder beside the checkout (../shared/bench); its README says how the
peers are installed (newsboat and sfeed are Debian packages, reader is on PyPI). A peer that is not there is left out, with a line.
Quote ratios of one run, with minimum and maximum; entries must equal expected, or the figure means nothing.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PROGRAMS = PROJECT.parent / "shared" / "bench"
WATCHER = Path(sys.executable).with_name("watcher")
PEERS = {"newsboat": "newsboat", "sfeed": "sfeed_update", "reader": None}


def main() -> int:
    """Run the comparison; gives the runner's exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=1000)
    parser.add_argument("--cycles", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--hosts", type=int, default=50)
    parser.add_argument("--only", default=",".join(PEERS), help="peers to run beside watcher, with commas")
    options = parser.parse_args()
    if not (PROGRAMS / "peers.py").exists():
        print("The folder ../shared is not here: the feed server and the peers are in its folder bench. Nothing was measured.")
        return 0
    wanted = [name for name in filter(None, options.only.split(",")) if _is_there(name)]
    output = PROJECT / "bench-output"
    output.mkdir(exist_ok=True)
    command = [
        sys.executable, str(PROGRAMS / "peers.py"), "run", "--only", ",".join(wanted) or "candidate", "--feeds", str(options.feeds),
        "--cycles", str(options.cycles), "--rounds", str(options.rounds), "--hosts", str(options.hosts), "--share", "0.05",
        "--out", str(output / "poll.json"),
    ]  # fmt: skip
    return subprocess.run(command, env={**os.environ, **_candidate()}, check=False).returncode


def _candidate() -> dict[str, str]:
    """How the runner sets up, polls, counts and asks watcher."""
    return {
        "CANDIDATE_SETUP": f"{WATCHER} --rules {{dir}}/rules.toml feeds import {{opml}} --allow-private",
        "CANDIDATE_POLL": f"{WATCHER} --rules {{dir}}/rules.toml --db {{db}} poll --all",
        "CANDIDATE_COUNT_SQL": "select count(*) from entries",
        "CANDIDATE_HELP": f"{WATCHER} --help",
    }


def _is_there(name: str) -> bool:
    program = PEERS.get(name, name)
    if program is None:
        environments = Path(os.environ.get("BENCH_VENVS", "/tmp"))  # where the runner itself looks
        there = (environments / "venv-reader" / "bin" / "python").exists()
    else:
        there = shutil.which(program) is not None
    if not there:
        print(f"{name} is not installed here and is left out.")
    return there


if __name__ == "__main__":
    sys.exit(main())
