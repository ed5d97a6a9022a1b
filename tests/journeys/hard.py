"""The long hard runs: `make hard` for interleavings and for eight workers that are killed, half of the time each.

Surprising: the seeds are fresh each time, because a run that always tries the same finds nothing twice. A fault of the
interleavings names its seed.
"""

import argparse
import sys

from tests.journeys import hard_pairs, hard_workers


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> int:
    """1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1200, help="in all")
    parser.add_argument("--rounds", type=int, default=10_000, help="interleavings at most")
    parser.add_argument("--only", choices=("pairs", "workers"))
    chosen = parser.parse_args()
    share = chosen.seconds if chosen.only else chosen.seconds / 2
    faults = []
    if chosen.only != "workers":
        faults = hard_pairs.main(share, chosen.rounds, _say).faults
    if chosen.only != "pairs":
        hard_workers.main(share, _say)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
