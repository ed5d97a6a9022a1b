"""Who delivers a notice, and when that worker is known to be dead.

Surprising: a lease of a minute is for workers elsewhere. A worker of this machine that was killed is seen to be gone,
so what it had in hand is free at once; a stop card cut off by a kill does not wait the minute out.
"""

import os
import socket

from storage.unit import Unit


def worker_name() -> str:
    """This process, among all that deliver."""
    return f"{socket.gethostname()}:{os.getpid()}"


def free_the_dead(unit: Unit, me: str) -> int:
    """Take back what dead workers of this machine hold, and what an earlier process of my name held; how many."""
    host = me.rpartition(":")[0]
    dead = [name for name in unit.deliveries.workers() if name == me or _died_here(name, host)]
    return unit.deliveries.free(dead)


def _died_here(name: str, host: str) -> bool:
    where, _, number = name.rpartition(":")
    if where != host or not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
