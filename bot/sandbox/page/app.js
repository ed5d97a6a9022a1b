// The page's main module: keeps the parts in step with the store and with the address (#person/chat, so that the
// browser's back button is the phone's back button).

import * as api from "./api.js";
import { actionsOf } from "./actions.js";
import { nameOf, summary } from "./bubbles.js";
import { Composer } from "./composer.js";
import { ask, failure } from "./dialogs.js";
import { avatar, byId, el } from "./dom.js";
import { roleName, switchLanguage, t, translate } from "./i18n.js";
import { Sidebar, badge } from "./sidebar.js";
import { Store } from "./store.js";
import { Timeline } from "./timeline.js";
import { Tools } from "./tools.js";

const TYPING_MS = 5500; // Telegram's clients forget a chat action after about five seconds
const WIDE = window.matchMedia("(min-width: 701px)");

const store = new Store();
let person = null;
let chat = null;

const actions = actionsOf({
  store, open, person: () => person, composer: () => composer, timeline: () => timeline,
});
const timeline = new Timeline(store, actions);
const composer = new Composer(store);
const tools = new Tools(store);
const sidebar = new Sidebar(store, (personId) => open(personId, store.people.get(personId).chat_id));

function open(personId, chatId) {
  location.hash = `${personId}/${chatId}`;
}

/** Shows what the address says; an address of a chat that is gone falls back to the person's private chat. */
function route() {
  const [personId, chatId] = location.hash.slice(1).split("/").map(Number);
  const wanted = store.people.get(personId) || (WIDE.matches ? store.people.values().next().value : null);
  document.body.classList.toggle("in-chat", Boolean(wanted));
  if (!wanted) {
    person = chat = null;
    sidebar.select(null);
    return;
  }
  const chats = store.chatsOf(wanted.id);
  show(wanted, chats.find((candidate) => candidate.id === chatId) || chats[0]);
}

function show(newPerson, newChat) {
  const isOther = newPerson.id !== person?.id || newChat.id !== chat?.id;
  person = newPerson;
  chat = newChat;
  byId("nobody").hidden = true;
  byId("conversation").hidden = false;
  byId("typing").textContent = "";
  sidebar.select(person.id);
  timeline.show(person.id, chat.id);
  composer.show(person, chat).catch(failure);
  tools.show(person, chat);
  drawHeader();
  drawEmpty();
  markRead();
  if (isOther && WIDE.matches) byId("composer").focus();
}

function drawHeader() {
  const hadFocus = byId("tabs").contains(document.activeElement);
  byId("who").replaceChildren(avatar(person.name, person.id), el("span", { cls: "who-words" },
    el("b", { dir: "auto" }, person.name), el("small", {}, roleName(person.role))));
  byId("tabs").setAttribute("aria-label", t("chatsOf", { name: person.name }));
  byId("tabs").replaceChildren(...store.chatsOf(person.id).map((each) => el("button", {
    type: "button", cls: "tab", data: { chatId: each.id }, "aria-current": each.id === chat.id ? "true" : null,
    on: { click: () => open(person.id, each.id) },
  }, el("span", { dir: "auto" }, each.type === "private" ? t("withBot") : each.title),
  each.type !== "private" && el("small", {}, t("members", { n: (each.members || []).length })),
  each.id !== chat.id && badge(store.unread(person.id, each.id)))));
  if (hadFocus) byId("tabs").querySelector("[aria-current]")?.focus();
}

function drawEmpty() {
  const isEmpty = !store.history(chat.id).ids.length;
  byId("empty").hidden = !isEmpty;
  byId("start").hidden = chat.type !== "private" || Boolean(person.blocked);
  byId("empty-words").textContent = t(chat.type === "private" ? "startHint" : "emptyGroup");
}

function markRead() {
  if (chat && document.visibilityState === "visible") store.markRead(person.id, chat.id);
}

let typingTimer;
function drawTyping({ chatId, action }) {
  if (chatId !== chat?.id) return;
  byId("typing").textContent = t(/upload/.test(action || "") ? "uploading" : "typing");
  clearTimeout(typingTimer);
  typingTimer = setTimeout(() => byId("typing").replaceChildren(), TYPING_MS);
}

function onMessage({ chatId, message, isNew }) {
  sidebar.touch(chatId);
  if (!person) return;
  if (chatId !== chat.id) {
    drawHeader();
    return;
  }
  timeline.put(message, isNew);
  if (message.from?.is_bot) byId("typing").replaceChildren();
  if (isNew && message.from?.id !== person.id) {
    byId("announcer").textContent = t("newFrom", { name: nameOf(message.from), text: summary(message) });
  }
  if (message.reply_markup || isNew) composer.drawKeyboard();
  composer.drawPlaceholder();
  drawEmpty();
  markRead();
}

function onGone({ chatId, messageId }) {
  sidebar.touch(chatId);
  if (chatId !== chat?.id) return;
  timeline.remove(messageId);
  composer.drawKeyboard();
  drawEmpty();
}

/** People or chats changed: a chat that moved to a supergroup is followed there. */
function onRoster() {
  sidebar.drawAll();
  if (!person) return;
  const moved = store.movedTo(chat.id);
  if (moved) {
    open(person.id, moved);
    return;
  }
  person = store.people.get(person.id);
  chat = store.chatsOf(person.id).find((each) => each.id === chat.id);
  if (!chat) {
    route();
    return;
  }
  composer.person = person;
  composer.chat = chat;
  composer.drawState();
  tools.show(person, chat);
  drawHeader();
  drawEmpty();
}

function drawLanguage() {
  translate();
  sidebar.drawAll();
  if (person) route();
}

async function addStranger() {
  const name = await ask(t("strangerName"), t("add"));
  if (name === null) return;
  const added = await api.addPerson(name);
  await store.loadRoster();
  sidebar.drawAll();
  open(added.id, added.chat_id);
}

/** A scanner types into whatever has the focus; its keys belong into the message field. */
function catchKeys(event) {
  const target = event.target;
  if (!chat || event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1 || event.key === " ") return;
  if (target.matches("input, textarea, select, dialog *") || document.querySelector("dialog[open]")) return;
  byId("composer").focus();
}

async function load() {
  try {
    await store.load();
    await tools.refresh();
    byId("lost").hidden = true;
  } catch (error) {
    failure(error);
  }
}

function listen() {
  store.addEventListener("reset", () => {
    sidebar.drawAll();
    route();
  });
  store.addEventListener("stale", load);
  store.addEventListener("roster", onRoster);
  store.addEventListener("message", (event) => onMessage(event.detail));
  store.addEventListener("gone", (event) => onGone(event.detail));
  store.addEventListener("typing", (event) => drawTyping(event.detail));
  store.addEventListener("read", (event) => {
    sidebar.touch(event.detail.chatId);
    drawHeader();
  });
  store.addEventListener("error", (event) => failure(event.detail.error));
  window.addEventListener("hashchange", route);
  document.addEventListener("visibilitychange", markRead);
  document.addEventListener("keydown", catchKeys);
  byId("lang").addEventListener("click", () => {
    switchLanguage();
    drawLanguage();
  });
  byId("stranger").addEventListener("click", () => addStranger().catch(failure));
  byId("back").addEventListener("click", () => {
    location.hash = "";
  });
  byId("start").addEventListener("click", () => composer.send("/start"));
}

translate();
listen();
api.follow({
  onEvent: (event) => store.apply(event),
  onOpen: load,
  onLost: () => {
    byId("lost").hidden = false;
  },
});
