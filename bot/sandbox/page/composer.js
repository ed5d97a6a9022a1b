// Where the selected person writes: text, files, the commands menu, the reply keyboard, replying to a message.
// Sends of one chat go out one after the other, so that a scanner's codes arrive in the order they were scanned.

import * as api from "./api.js";
import { Attachments } from "./attachments.js";
import { nameOf, summary } from "./bubbles.js";
import { failure } from "./dialogs.js";
import { byId, el } from "./dom.js";
import { t } from "./i18n.js";
import { replyKeyboard, replyMarkupOf } from "./keyboards.js";

export class Composer {
  constructor(store) {
    this.store = store;
    this.drafts = new Map();
    this.queues = new Map();
    this.keyboardHidden = new Set(); // message ids of keyboards the person folded away
    this.input = byId("composer");
    this.menu = byId("commands");
    this.attachments = new Attachments(() => this.drawPlaceholder());
    this.listen();
  }

  listen() {
    byId("composer-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.input.addEventListener("input", () => this.onInput());
    this.input.addEventListener("paste", (event) => this.attachments.paste(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.closeMenuUnlessFocused()));
    this.menu.addEventListener("keydown", (event) => this.onMenuKey(event));
    byId("commands-button").addEventListener("click", () => this.toggleMenu());
    byId("keyboard-button").addEventListener("click", () => this.toggleKeyboard());
    byId("reply-cancel").addEventListener("click", () => this.replyTo(null));
  }

  /** Changes to another person or chat, keeping what was half written for this one. */
  async show(person, chat) {
    const key = `${person.id}:${chat.id}`;
    this.person = person;
    this.chat = chat;
    if (key !== this.key) this.change(key);
    this.drawState();
    this.grow();
    const commands = await api.commands(person.id);
    if (key === this.key) this.commands = commands;
  }

  change(key) {
    if (this.key) this.drafts.set(this.key, this.input.value);
    this.key = key;
    this.markup = null;
    this.input.value = this.drafts.get(key) || "";
    this.attachments.clear();
    this.replyTo(null);
    this.menu.hidden = true;
  }

  /** Redraws what depends on the chat's messages and on the person's block. */
  drawState() {
    const blocked = this.chat.type === "private" && Boolean(this.person.blocked);
    byId("composer-form").hidden = blocked;
    byId("blocked").hidden = !blocked;
    byId("blocked-words").textContent = t("blocked", { name: this.person.name });
    this.attachments.enabled = !blocked;
    this.drawKeyboard();
    this.drawPlaceholder();
  }

  drawKeyboard() {
    const message = replyMarkupOf(this.store.history(this.chat.id));
    const isNew = message?.message_id !== this.markup?.message_id;
    this.markup = message;
    const rows = message?.reply_markup.keyboard;
    const panel = byId("reply-keyboard");
    byId("keyboard-button").hidden = !rows;
    panel.hidden = !rows || this.keyboardHidden.has(this.markupKey);
    byId("keyboard-button").setAttribute("aria-expanded", String(!panel.hidden));
    panel.replaceChildren(...(rows ? replyKeyboard(message.reply_markup, (label) => this.pressKey(label)) : []));
    if (isNew && message?.reply_markup.force_reply) this.replyTo(message);
  }

  get markupKey() {
    return `${this.key}:${this.markup?.message_id}`;
  }

  drawPlaceholder() {
    const asked = this.markup?.reply_markup.input_field_placeholder;
    this.input.placeholder = this.attachments.files.length ? t("caption") : asked || t("message");
  }

  toggleKeyboard() {
    if (!this.keyboardHidden.delete(this.markupKey)) this.keyboardHidden.add(this.markupKey);
    this.drawKeyboard();
  }

  /** In a group the label goes as a reply to the bot, as messengers do; privacy mode would hide it otherwise. */
  pressKey(label) {
    const { message_id: messageId, reply_markup: markup } = this.markup;
    if (markup.one_time_keyboard) this.toggleKeyboard();
    this.send(label, this.chat.type === "private" ? null : messageId);
  }

  replyTo(message) {
    this.reply = message;
    byId("reply-bar").hidden = !message;
    if (!message) return;
    byId("reply-name").textContent = t("replyTo", { name: nameOf(message.from) });
    byId("reply-words").textContent = summary(message);
    this.input.focus();
  }

  /** Puts text into the field for the person to complete. */
  prefill(text) {
    this.input.value = text;
    this.grow();
    this.input.focus();
  }

  onInput() {
    this.grow();
    if (this.input.value.startsWith("/") && !/\s/.test(this.input.value)) this.openMenu(this.input.value.slice(1));
    else this.menu.hidden = true;
  }

  grow() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 160)}px`;
  }

  onKey(event) {
    if (event.isComposing) return; // an input method's Enter chooses a character
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape") {
      this.menu.hidden = true;
      this.replyTo(null);
    } else if (event.key === "ArrowUp" && !this.menu.hidden) {
      event.preventDefault();
      this.menu.querySelector("li:last-child button")?.focus();
    }
  }

  submit() {
    const text = this.input.value.trim();
    const files = this.attachments.take();
    if (!text && !files.length) return;
    const replyTo = this.reply?.message_id ?? null;
    this.input.value = "";
    this.grow();
    this.menu.hidden = true;
    this.replyTo(null);
    if (files.length) this.sendFiles(files, text, replyTo);
    else this.send(text, replyTo);
  }

  send(text, replyTo = null) {
    const { person, chat, key } = this;
    this.enqueue(() => api.sendText(chat.id, person.id, text, replyTo), () => this.giveBack(key, text));
  }

  sendFiles(files, caption, replyTo) {
    const { person, chat, key } = this;
    files.forEach((item, i) => {
      const details = { ...item, caption: i ? "" : caption, replyTo: i ? null : replyTo };
      this.enqueue(() => api.sendFile(chat.id, person.id, details), () => {
        if (key === this.key) this.attachments.add([item.file]); // never into another chat's tray
        if (details.caption) this.giveBack(key, caption);
      });
    });
  }

  enqueue(job, undo) {
    const { id } = this.chat;
    const before = this.queues.get(id) || Promise.resolve();
    this.queues.set(id, before.then(job).catch((error) => {
      failure(error);
      undo();
    }));
  }

  /** What could not be sent returns to where it was written, in front of what was typed since. */
  giveBack(key, text) {
    const after = key === this.key ? this.input.value : this.drafts.get(key);
    const joined = [text, after].filter(Boolean).join("\n");
    if (key !== this.key) {
      this.drafts.set(key, joined);
      return;
    }
    this.input.value = joined;
    this.grow();
  }

  toggleMenu() {
    if (this.menu.hidden) {
      this.openMenu("");
      this.menu.querySelector("button")?.focus();
    } else this.menu.hidden = true;
  }

  openMenu(prefix) {
    const shown = (this.commands || []).filter(({ command }) => command.startsWith(prefix.toLowerCase()));
    this.menu.hidden = Boolean(prefix) && !shown.length;
    const choose = (command) => () => {
      this.menu.hidden = true;
      this.input.value = "";
      this.send(`/${command}`);
      this.input.focus();
    };
    this.menu.replaceChildren(...shown.map(({ command, description }) => el("li", {},
      el("button", { type: "button", on: { click: choose(command) } },
        el("b", {}, `/${command}`), el("span", { dir: "auto" }, description)))));
    if (!shown.length) this.menu.append(el("li", { cls: "nothing" }, t("noCommands")));
  }

  onMenuKey(event) {
    if (event.key === "Escape") {
      this.menu.hidden = true;
      this.input.focus();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const buttons = [...this.menu.querySelectorAll("button")];
    (buttons[buttons.indexOf(document.activeElement) + step] || this.input).focus();
  }

  closeMenuUnlessFocused() {
    const focused = document.activeElement;
    if (!this.menu.contains(focused) && focused !== byId("commands-button")) this.menu.hidden = true;
  }
}
