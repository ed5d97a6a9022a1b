"""Cards in python-telegram-bot's shapes; aiogram's are in handlers/markup.py.

Surprising: PTB 22.8 knows button styles, so nothing is lost on the way; a reply keyboard goes only with a new message.
"""

from telegram import (
    CopyTextButton,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    WebAppInfo,
)

from handlers.card import Button, Card

Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ForceReply


def _button(button: Button) -> InlineKeyboardButton:
    if button.url:
        return InlineKeyboardButton(button.label, url=button.url)
    if button.web_app:
        return InlineKeyboardButton(button.label, web_app=WebAppInfo(button.web_app))
    if button.copy:
        return InlineKeyboardButton(button.label, copy_text=CopyTextButton(button.copy))
    return InlineKeyboardButton(button.label, callback_data=button.tap, style=button.style or None)


def inline(card: Card) -> InlineKeyboardMarkup | None:
    """The buttons under the message, None when there are none."""
    return InlineKeyboardMarkup([[_button(button) for button in row] for row in card.rows]) if card.rows else None


def markup(card: Card) -> Markup | None:
    """What goes with a new message: its buttons, else a question's reply field, else the desk's keyboard."""
    if card.rows:
        return inline(card)
    if card.ask:
        return ForceReply(input_field_placeholder=card.ask[:64])
    if card.keyboard:
        rows = [[KeyboardButton(label) for label in row] for row in card.keyboard]
        return ReplyKeyboardMarkup(rows, resize_keyboard=True, is_persistent=True)
    return None
