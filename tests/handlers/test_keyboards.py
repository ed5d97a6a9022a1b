"""The desk's keyboard: what a person does all day, and what is sent by pressing it."""

from domain.people.people import Person, Role
from handlers.keyboards import command_of, desk_keyboard
from handlers.words import Words

EN, ZH = Words("en", "UTC"), Words("zh", "UTC")


def person(role: Role) -> Person:
    return Person(1, 1, "x", 1, "en", roles=frozenset({role}))


def test_an_owner_has_no_stations_under_the_thumb() -> None:
    assert desk_keyboard(person(Role.OWNER), EN) == (
        ("📥 New orders", "✋ Held orders", "🌊 Waves"),
        ("⛔ Stops", "📊 Report", "👥 Staff"),
    )


def test_a_picker_has_the_stations_of_a_picker() -> None:
    assert desk_keyboard(person(Role.PICKER), ZH) == (
        ("🌊 波次", "🛒 拣货", "↩️ 放回"),
        ("📱 扫码页", "⛔ 拦截"),
    )


def test_a_label_is_read_back_in_any_language() -> None:
    assert [command_of(text) for text in ("📥 New orders", " 📥 新订单 ", "新订单")] == ["new", "new", None]
