// The open chat's messages. Rows are keyed by message id (an album is one row) and only what changed is redrawn;
// a long history is drawn from its end, and older rows come in as the reader scrolls up.

import { renderRow } from "./bubbles.js";
import { byId } from "./dom.js";
import { t } from "./i18n.js";

const WINDOW = 120;
const KEEP = 600;
const NEAR = 80; // pixels from the end that still count as "at the end"

const unitKey = (message) => (message.media_group_id ? `g${message.media_group_id}` : `m${message.message_id}`);

export class Timeline {
  constructor(store, actions) {
    this.store = store;
    this.actions = actions;
    this.box = byId("messages");
    this.jumpButton = byId("jump");
    this.units = [];
    this.start = 0;
    this.unseen = 0;
    this.box.addEventListener("scroll", () => this.onScroll(), { passive: true });
    this.jumpButton.addEventListener("click", () => this.toEnd());
  }

  /** Draws a chat afresh, at its end. */
  show(personId, chatId) {
    this.personId = personId;
    this.chatId = chatId;
    const ids = this.store.history(chatId).ids;
    this.start = this.boundary(ids.length - WINDOW);
    this.rebuild();
    this.toEnd();
  }

  get view() {
    return { personId: this.personId, history: this.store.history(this.chatId), actions: this.actions };
  }

  /** The nearest index at or before `index` that does not cut an album in two. */
  boundary(index) {
    const { ids, byId: messages } = this.store.history(this.chatId);
    let at = Math.max(0, index);
    const group = (i) => messages.get(ids[i])?.media_group_id;
    while (at > 0 && group(at) && group(at) === group(at - 1)) at--;
    return at;
  }

  rebuild() {
    this.units = group(this.store.history(this.chatId).list(this.start));
    let before;
    for (const unit of this.units) {
      unit.row = renderRow(unit.messages, before, this.view);
      before = unit.messages.at(-1);
    }
    this.box.replaceChildren(...this.units.map((unit) => unit.row));
  }

  redraw(index) {
    const unit = this.units[index];
    const row = renderRow(unit.messages, this.units[index - 1]?.messages.at(-1), this.view);
    unit.row.replaceWith(row);
    unit.row = row;
  }

  put(message, isNew) {
    const atEnd = this.atEnd();
    if (!isNew) this.change(message);
    else this.insert(message);
    if (atEnd) this.toEnd();
    else if (isNew && message.from?.id !== this.personId) this.countUnseen();
  }

  change(message) {
    const index = this.units.findIndex((unit) => unit.messages.some((m) => m.message_id === message.message_id));
    if (index < 0) return; // older than what is drawn
    const { messages } = this.units[index];
    messages[messages.findIndex((m) => m.message_id === message.message_id)] = message;
    this.redraw(index);
  }

  insert(message) {
    const last = this.units.at(-1);
    if (last && message.message_id < last.messages.at(-1).message_id) {
      this.rebuild(); // out of order: rare, and the only case that is not an append
      return;
    }
    if (last?.key === unitKey(message)) {
      last.messages.push(message);
      this.redraw(this.units.length - 1);
      return;
    }
    const unit = { key: unitKey(message), messages: [message] };
    unit.row = renderRow(unit.messages, last?.messages.at(-1), this.view);
    this.units.push(unit);
    this.box.append(unit.row);
    if (this.units.length > KEEP && this.atEnd()) this.trim();
  }

  trim() {
    const { ids } = this.store.history(this.chatId);
    this.start = this.boundary(ids.length - WINDOW);
    this.rebuild();
  }

  remove(messageId) {
    const index = this.units.findIndex((unit) => unit.messages.some((m) => m.message_id === messageId));
    if (index < 0) {
      if (this.start > 0) this.start--; // it stood above the window, so the window's first index moved
      return;
    }
    const unit = this.units[index];
    unit.messages = unit.messages.filter((m) => m.message_id !== messageId);
    if (unit.messages.length) {
      this.redraw(index);
      return;
    }
    unit.row.remove();
    this.units.splice(index, 1);
    if (index < this.units.length) this.redraw(index);
  }

  older() {
    if (this.start === 0) return;
    const heightBefore = this.box.scrollHeight - this.box.scrollTop;
    this.start = this.boundary(this.start - WINDOW);
    const history = this.store.history(this.chatId);
    const count = history.ids.indexOf(this.units[0]?.messages[0].message_id) - this.start;
    const units = group(history.list(this.start).slice(0, count));
    let before;
    for (const unit of units) {
      unit.row = renderRow(unit.messages, before, this.view);
      before = unit.messages.at(-1);
    }
    this.box.prepend(...units.map((unit) => unit.row));
    this.units = [...units, ...this.units];
    if (units.length < this.units.length) this.redraw(units.length);
    this.box.scrollTop = this.box.scrollHeight - heightBefore;
  }

  jump(messageId) {
    const history = this.store.history(this.chatId);
    if (!history.byId.has(messageId)) return false;
    while (this.start > 0 && messageId < this.units[0].messages[0].message_id) this.older();
    const node = this.box.querySelector(`[data-message-id="${messageId}"]`);
    node?.scrollIntoView({ block: "center" });
    node?.classList.add("flash");
    setTimeout(() => node?.classList.remove("flash"), 1500);
    return true;
  }

  atEnd() {
    return this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < NEAR;
  }

  toEnd() {
    this.box.scrollTop = this.box.scrollHeight;
    this.unseen = 0;
    this.drawJump();
  }

  countUnseen() {
    this.unseen++;
    this.drawJump();
  }

  onScroll() {
    if (this.box.scrollTop < 200) this.older();
    if (this.atEnd()) this.unseen = 0;
    this.drawJump();
  }

  drawJump() {
    this.jumpButton.hidden = this.atEnd();
    this.jumpButton.lastElementChild.textContent = this.unseen ? t("newBelow", { n: this.unseen }) : "";
    this.jumpButton.setAttribute("aria-label", t("toBottom"));
  }
}

function group(messages) {
  const units = [];
  for (const message of messages) {
    const key = unitKey(message);
    if (units.at(-1)?.key === key) units.at(-1).messages.push(message);
    else units.push({ key, messages: [message] });
  }
  return units;
}
