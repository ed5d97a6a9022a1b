"""The long hard runs: `make hard` for interleavings, eight workers that are killed, and a shift of scans in
chat and through the scan page's door, a quarter each.

Surprising: the seeds are fresh each time, because a run that always tries the same finds nothing twice. A fault of the
interleavings names its seed. Imports are inside, because each of the workers imports this file when it starts, and
they are killed every second.
"""

import argparse
import sys


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> int:
    """1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1800, help="in all")
    parser.add_argument("--rounds", type=int, default=10_000, help="interleavings at most")
    parser.add_argument("--only", choices=("pairs", "workers", "scans", "door"))
    chosen = parser.parse_args()
    share = chosen.seconds if chosen.only else chosen.seconds / 4
    faults: list[str] = []
    if chosen.only in (None, "pairs"):
        from tests.journeys import hard_pairs

        faults += hard_pairs.main(share, chosen.rounds, _say).faults
    if chosen.only in (None, "workers"):
        from tests.journeys import hard_workers

        hard_workers.main(share, _say)
    if chosen.only in (None, "scans"):
        from tests.journeys import hard_scans

        faults += hard_scans.main(share, _say)
    if chosen.only in (None, "door"):
        from tests.journeys import hard_door

        faults += hard_door.main(share, _say)
    for fault in faults:
        _say(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
