"""The names of gift columns stand in the message for the packer, and are nobody's words."""

from dataclasses import replace

import pytest

from domain.review.holds import HoldCode
from tests.domain.review.test_screening import ORDER, found


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("gift-wrap-type: Red box; gift-message-text: Happy birthday", None),
        ("Gift Message: Hi", None),
        ("no bell; gift_message: Hi", None),
        ("gift-message-text: it is a gift, no price please", "gift"),
        ("gift-message-text: urgent", "urgent"),
        ("a gift: wrap it", "gift"),
        ("Gift: yes", "gift"),
    ],
)
def test_a_keyword_is_looked_for_behind_the_name_of_a_gift_column(message: str, words: str | None) -> None:
    seen = found(replace(ORDER, buyer_message=message))
    assert HoldCode.MESSAGE in seen
    assert (seen[HoldCode.KEYWORD]["words"] if HoldCode.KEYWORD in seen else None) == words
