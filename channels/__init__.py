"""Other companies' formats: sales platforms' files and payloads in, answers out.

Surprising: a file is known by its header, never by its name or the position of a column, and nothing here raises on
a bad row: rows come back as `RejectedRow`, only a whole file or payload is `Unreadable`. How to add a format:
docs/formats.md.
"""

from channels.payloads import (
    IncomingDeletion,
    IncomingRefundNotice,
    Payload,
    is_ping,
    payload,
    signature_ok,
    topic,
)
from channels.reader import ParsedFile, read
from channels.reasons import Reason, Unreadable

__all__ = [
    "IncomingDeletion",
    "IncomingRefundNotice",
    "ParsedFile",
    "Payload",
    "Reason",
    "Unreadable",
    "is_ping",
    "payload",
    "read",
    "signature_ok",
    "topic",
]
