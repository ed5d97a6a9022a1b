"""Cards in aiogram's shapes."""

from aiogram.types import (
    CopyTextButton,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    WebAppInfo,
)

from handlers.card import Button, Card

type_of_markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ForceReply


def _button(button: Button) -> InlineKeyboardButton:
    if button.url:
        return InlineKeyboardButton(text=button.label, url=button.url)
    if button.web_app:
        return InlineKeyboardButton(text=button.label, web_app=WebAppInfo(url=button.web_app))
    if button.copy:
        return InlineKeyboardButton(text=button.label, copy_text=CopyTextButton(text=button.copy))
    return InlineKeyboardButton(text=button.label, callback_data=button.tap, style=button.style or None)


def inline(card: Card) -> InlineKeyboardMarkup | None:
    """The buttons under the message, None when there are none."""
    if not card.rows:
        return None
    return InlineKeyboardMarkup(inline_keyboard=[[_button(button) for button in row] for row in card.rows])


def markup(card: Card, placeholder: str = "") -> type_of_markup | None:
    """What goes with a new message: its buttons, else a question's reply field, else the desk's keyboard."""
    if card.rows:
        return inline(card)
    if card.ask:
        return ForceReply(force_reply=True, input_field_placeholder=card.ask[:64])
    if card.keyboard:
        rows = [[KeyboardButton(text=label) for label in row] for row in card.keyboard]
        return ReplyKeyboardMarkup(
            keyboard=rows, resize_keyboard=True, is_persistent=True, input_field_placeholder=placeholder[:64] or None
        )
    return None
