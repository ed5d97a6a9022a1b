// Inline keyboards under a message and the reply keyboard under the composer, as buttons.

import { el, icon } from "./dom.js";

const STYLES = new Set(["danger", "success", "primary"]);

const styleOf = (button) => (STYLES.has(button.style) ? button.style : "");

function markOf(button) {
  if (button.url || button.login_url) return icon("out");
  if (button.web_app) return icon("window");
  if (button.copy_text) return icon("copy");
  return null;
}

/** `isPending(key)` tells which buttons still wait for the bot, so that an edit in between keeps them marked. */
export function inlineKeyboard(message, { isPending, press }) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows?.length) return null;
  return el("div", { cls: "inline-keyboard" }, rows.map((row) => el("div", { cls: "key-row" },
    row.map((button) => inlineButton(message, button, isPending, press)))));
}

function inlineButton(message, button, isPending, press) {
  const key = pendingKey(message, button);
  const busy = isPending(key);
  const node = el("button", {
    type: "button", cls: `key ${styleOf(button)}`, "data-button": true, "data-key": key,
    disabled: Boolean(button.disabled), "aria-busy": busy ? "true" : null,
  }, el("span", {}, button.text), markOf(button));
  node.addEventListener("click", () => press(message, button));
  return node;
}

export const pendingKey = (message, button) =>
  `${message.chat.id}:${message.message_id}:${button.callback_data ?? button.text}`;

/**
 * The reply markup in force in a chat: the newest message that says anything about it decides.
 * Returns the message, or null when there is none, it was removed, or it asked for a reply and has one.
 */
export function replyMarkupOf(history) {
  const answered = new Set();
  for (let i = history.ids.length - 1; i >= 0; i--) {
    const message = history.byId.get(history.ids[i]);
    const markup = message.reply_markup;
    if (message.reply_to_message) answered.add(message.reply_to_message.message_id);
    if (markup?.remove_keyboard || (markup?.force_reply && answered.has(message.message_id))) return null;
    if (markup?.keyboard || markup?.force_reply) return message;
  }
  return null;
}

export function replyKeyboard(markup, press) {
  return markup.keyboard.map((row) => el("div", { cls: "key-row" }, row.map((button) => {
    const label = typeof button === "string" ? button : button.text;
    return el("button", {
      type: "button", cls: `key ${styleOf(button)}`, on: { click: () => press(label) },
    }, el("span", {}, label));
  })));
}
