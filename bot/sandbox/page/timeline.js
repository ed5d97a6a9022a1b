// The open chat's messages. Rows are keyed by message id (an album is one row) and only what changed is redrawn;
// a long history is drawn from its end, and older rows come in as the reader scrolls up.

import { renderRow } from "./bubbles.js";
import { byId, el } from "./dom.js";
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
    this.rows = el("div");
    this.box.replaceChildren(this.rows);
    this.units = [];
    this.start = 0;
    this.unseen = 0;
    this.lastTop = 0;
    this.stick = true; // at the end, and staying there while pictures load and keyboards unfold
    const resized = new ResizeObserver(() => this.stick && this.toEnd());
    resized.observe(this.box);
    resized.observe(this.rows);
    this.box.addEventListener("scroll", () => this.onScroll(), { passive: true });
    this.jumpButton.addEventListener("click", () => this.toEnd());
  }

  /** Draws a chat afresh: at its end, or where the reader was when it is the same chat drawn again. */
  show(personId, chatId) {
    const isSame = personId === this.personId && chatId === this.chatId;
    const anchor = isSame && !this.stick ? this.firstVisible() : null;
    this.personId = personId;
    this.chatId = chatId;
    const ids = this.store.history(chatId).ids;
    this.start = this.boundary(ids.length - WINDOW);
    this.rebuild();
    if (anchor === null || !this.reach(anchor)) this.toEnd();
    else this.find(anchor).scrollIntoView({ block: "start" });
  }

  find(messageId) {
    return this.rows.querySelector(`[data-message-id="${messageId}"]`);
  }

  firstVisible() {
    const top = this.box.getBoundingClientRect().top;
    const unit = this.units.find(({ row }) => row.getBoundingClientRect().bottom > top);
    return unit ? unit.messages[0].message_id : null;
  }

  /** Draws older rows until the message is among them; false when it is not in the chat. */
  reach(messageId) {
    if (!this.store.history(this.chatId).byId.has(messageId)) return false;
    while (this.start > 0 && messageId < this.units[0].messages[0].message_id) this.older();
    return true;
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
    this.rows.replaceChildren(...this.units.map((unit) => unit.row));
  }

  redraw(index) {
    const unit = this.units[index];
    const row = renderRow(unit.messages, this.units[index - 1]?.messages.at(-1), this.view);
    const focused = unit.row.contains(document.activeElement) && document.activeElement;
    unit.row.replaceWith(row);
    unit.row = row;
    if (focused) refocus(row, focused);
  }

  put(message, isNew) {
    if (!isNew) this.change(message);
    else this.insert(message);
    const isOwn = message.from?.id === this.personId;
    if (this.stick || (isNew && isOwn)) this.toEnd();
    else if (isNew) this.countUnseen();
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
    this.rows.append(unit.row);
    if (this.units.length > KEEP && this.stick) this.trim();
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
    this.rows.prepend(...units.map((unit) => unit.row));
    this.units = [...units, ...this.units];
    if (units.length < this.units.length) this.redraw(units.length);
    this.box.scrollTop = this.box.scrollHeight - heightBefore;
  }

  jump(messageId) {
    if (!this.reach(messageId)) return false;
    const node = this.find(messageId);
    node.scrollIntoView({ block: "center" });
    node.classList.add("flash");
    setTimeout(() => node.classList.remove("flash"), 1500);
    return true;
  }

  atEnd() {
    return this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < NEAR;
  }

  toEnd() {
    this.box.scrollTop = this.box.scrollHeight;
    this.stick = true;
    this.unseen = 0;
    this.drawJump();
  }

  countUnseen() {
    this.unseen++;
    this.drawJump();
  }

  onScroll() {
    if (this.box.scrollTop < 200) this.older();
    // Only a move upwards is the reader's: the end also gets away when pictures load or the keyboard unfolds.
    if (this.atEnd()) this.stick = true;
    else if (this.box.scrollTop < this.lastTop) this.stick = false;
    this.lastTop = this.box.scrollTop;
    if (this.stick) this.unseen = 0;
    this.drawJump();
  }

  drawJump() {
    this.jumpButton.hidden = this.stick;
    this.jumpButton.lastElementChild.textContent = this.unseen ? t("newBelow", { n: this.unseen }) : "";
    this.jumpButton.setAttribute("aria-label", t("toBottom"));
  }
}

/** A redrawn card keeps the keyboard's place: on the same button, or else on the card's first one. */
function refocus(row, focused) {
  const keys = [...row.querySelectorAll("[data-key]")];
  (keys.find((node) => node.dataset.key === focused.dataset.key) || keys[0])?.focus({ preventScroll: true });
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
