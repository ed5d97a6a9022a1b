// What the page knows: people, chats and every message by id, kept true by the event stream.
// The server's word always wins: a reload replaces everything, and events that came in meanwhile are replayed on top.

import * as api from "./api.js";

const READ = "xiaoer-read";
const MANY = 100; // counting stops here: the badge says 99+

/** Whether a message only tells what happened to the chat: somebody joined, the group was upgraded. */
export const isService = (message) =>
  message.text === undefined && !message.document && !message.photo && !message.video;

class History {
  constructor(list = []) {
    this.byId = new Map(list.map((message) => [message.message_id, message]));
    this.ids = [...this.byId.keys()].sort((a, b) => a - b);
  }

  get last() {
    return this.byId.get(this.ids.at(-1));
  }

  list(from = 0) {
    return this.ids.slice(from).map((id) => this.byId.get(id));
  }

  put(message) {
    const id = message.message_id;
    if (!this.byId.has(id)) {
      if (this.ids.length && id < this.ids.at(-1)) this.ids = [...this.ids, id].sort((a, b) => a - b);
      else this.ids.push(id);
    }
    this.byId.set(id, message);
  }

  drop(id) {
    if (this.byId.delete(id)) this.ids.splice(this.ids.indexOf(id), 1);
  }
}

/**
 * Emits (as CustomEvent): "reset" after a load, "roster" when people or chats changed, "message" {chatId, message,
 * isNew}, "gone" {chatId, messageId}, "typing" {chatId, action}, "tools" for faults and traffic,
 * "read" {personId, chatId}, "stale" when everything must be loaded again, "error" {error}.
 */
export class Store extends EventTarget {
  constructor() {
    super();
    this.people = new Map();
    this.chats = new Map();
    this.histories = new Map();
    this.read = JSON.parse(localStorage.getItem(READ) || "{}");
    this.waiting = null;
  }

  emit(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  async load() {
    this.waiting = [];
    try {
      await this.loadRoster();
      const ids = [...this.chats.keys()];
      const lists = await Promise.all(ids.map((id) => api.messages(id)));
      this.histories = new Map(ids.map((id, i) => [id, new History(lists[i])]));
    } finally {
      const missed = this.waiting;
      this.waiting = null;
      this.emit("reset");
      missed.forEach((event) => this.apply(event));
    }
  }

  async loadRoster() {
    const [people, chats] = await Promise.all([api.people(), api.chats()]);
    this.people = new Map(people.map((person) => [person.id, person]));
    this.chats = new Map(chats.map((chat) => [chat.id, chat]));
  }

  history(chatId) {
    if (!this.histories.has(chatId)) this.histories.set(chatId, new History());
    return this.histories.get(chatId);
  }

  /** The chats a person sees: the private one first, also when nobody has written there yet. */
  chatsOf(personId) {
    const person = this.people.get(personId);
    if (!person) return [];
    const own = this.chats.get(person.chat_id) ||
      { id: person.chat_id, type: "private", title: "", person_id: personId, members: [personId] };
    const groups = [...this.chats.values()].filter((chat) =>
      chat.type !== "private" && (chat.members || []).includes(personId) && !this.movedTo(chat.id));
    return [own, ...groups];
  }

  /** The supergroup a group was upgraded to, or null. */
  movedTo(chatId) {
    return this.chats.get(chatId)?.migrated_to ?? null;
  }

  apply(event) {
    if (this.waiting) {
      this.waiting.push(event);
      return;
    }
    const { type, chat_id: chatId } = event;
    if (type === "message" || type === "edit") this.put(chatId, event.message);
    else if (type === "delete") this.drop(chatId, event.message.message_id);
    else if (type === "typing") this.emit("typing", { chatId, action: event.message?.action });
    else if (type === "people" || type === "chats") this.refreshRoster();
    else if (type === "faults" || type === "traffic") this.emit("tools");
    else if (type === "reset") this.emit("stale"); // too far behind: the stream no longer has what was missed
  }

  refreshRoster() {
    this.loadRoster().then(() => this.emit("roster"), (error) => this.emit("error", { error }));
  }

  put(chatId, message) {
    const history = this.history(chatId);
    const isNew = !history.byId.has(message.message_id);
    history.put(message);
    this.emit("message", { chatId, message, isNew });
  }

  drop(chatId, messageId) {
    this.history(chatId).drop(messageId);
    this.emit("gone", { chatId, messageId });
  }

  readUpTo(personId, chatId) {
    const mark = this.read[`${personId}:${chatId}`] || 0;
    const last = this.history(chatId).ids.at(-1) || 0;
    return mark > last ? 0 : mark; // a mark from an earlier, wiped sandbox counts for nothing
  }

  markRead(personId, chatId) {
    const last = this.history(chatId).ids.at(-1);
    if (!last || this.read[`${personId}:${chatId}`] === last) return;
    this.read[`${personId}:${chatId}`] = last;
    localStorage.setItem(READ, JSON.stringify(this.read));
    this.emit("read", { personId, chatId });
  }

  /** Messages of others the person has not seen yet, counted up to 100. */
  unread(personId, chatId) {
    const history = this.history(chatId);
    const mark = this.readUpTo(personId, chatId);
    let count = 0;
    for (let i = history.ids.length - 1; i >= 0 && history.ids[i] > mark && count < MANY; i--) {
      const message = history.byId.get(history.ids[i]);
      if (message.from?.id !== personId && !isService(message)) count++;
    }
    return count;
  }
}
