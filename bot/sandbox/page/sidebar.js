// The list of people: who can be played, what was last said to them, how much they have not read.

import { nameOf, serviceText, summary } from "./bubbles.js";
import { avatar, byId, el } from "./dom.js";
import { roleName, t, timeOf } from "./i18n.js";

export class Sidebar {
  constructor(store, onPick) {
    this.store = store;
    this.onPick = onPick;
    this.list = byId("people");
    this.filter = byId("search");
    this.selected = null;
    this.rows = new Map();
    this.due = new Set();
    this.filter.addEventListener("input", () => this.drawAll());
    this.list.addEventListener("keydown", (event) => this.onKey(event));
  }

  select(personId) {
    const before = this.selected;
    this.selected = personId;
    for (const id of [before, personId]) if (this.rows.has(id)) this.draw(id);
  }

  drawAll() {
    const wanted = this.filter.value.trim().toLowerCase();
    const shown = [...this.store.people.values()].filter((person) =>
      !wanted || `${person.name} ${person.role} ${roleName(person.role)}`.toLowerCase().includes(wanted));
    this.rows = new Map(shown.map((person) => [person.id, el("li")]));
    this.list.replaceChildren(...this.rows.values());
    for (const id of this.rows.keys()) this.draw(id);
  }

  /** Redraws everybody who is in the chat, once per frame however many messages arrive. */
  touch(chatId) {
    for (const person of this.store.people.values()) {
      const inChat = person.chat_id === chatId || this.store.chats.get(chatId)?.members?.includes(person.id);
      if (inChat) this.due.add(person.id);
    }
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => {
      this.scheduled = false;
      for (const id of this.due) if (this.rows.has(id)) this.draw(id);
      this.due.clear();
    });
  }

  draw(personId) {
    const person = this.store.people.get(personId);
    const item = this.rows.get(personId);
    const hadFocus = item.contains(document.activeElement);
    const chats = this.store.chatsOf(personId);
    const unread = chats.reduce((sum, chat) => sum + this.store.unread(personId, chat.id), 0);
    const last = newest(chats.map((chat) => this.store.history(chat.id).last));
    const button = el("button", {
      type: "button", cls: "person", data: { personId }, "aria-current": personId === this.selected ? "true" : null,
      on: { click: () => this.onPick(personId) },
    },
    avatar(person.name, person.id),
    el("span", { cls: "person-words" },
      el("span", { cls: "person-top" }, el("b", { dir: "auto" }, person.name),
        el("span", { cls: "role" }, roleName(person.role)), last && el("time", {}, timeOf(last.date))),
      el("span", { cls: "person-last" }, el("span", { dir: "auto" }, last ? lastLine(last, person) : ""),
        badge(unread))));
    item.replaceChildren(button);
    if (hadFocus) button.focus();
  }

  onKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const buttons = [...this.list.querySelectorAll("button")];
    buttons[buttons.indexOf(document.activeElement) + step]?.focus();
  }
}

export function badge(count) {
  if (!count) return null;
  const shown = count > 99 ? "99+" : String(count);
  return el("span", { cls: "badge" }, shown, el("span", { cls: "hidden" }, ` ${t("unread", { n: "" }).trim()}`));
}

const newest = (messages) => messages.filter(Boolean).reduce((a, b) => (!a || b.date >= a.date ? b : a), null);

function lastLine(message, person) {
  const line = summary(message);
  if (serviceText(message)) return line;
  if (message.from?.id === person.id) return `${t("you")}: ${line}`;
  return message.chat.type === "private" ? line : `${nameOf(message.from)}: ${line}`;
}
