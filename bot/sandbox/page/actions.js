// What a person can do to a message: tap its buttons, follow its links, run its commands, reply, enlarge, jump.

import * as api from "./api.js";
import { alertBox, choosePerson, enlarge, failure, toast } from "./dialogs.js";
import { byId, safeUrl } from "./dom.js";
import { t } from "./i18n.js";
import { pendingKey } from "./keyboards.js";

const DEEP_LINK = /^(?:https?:\/\/(?:t|telegram)\.me\/\w+\?|tg:\/*resolve\/?\?(?:.*&)?)start=([A-Za-z0-9_-]{1,64})$/;

// A browser keeps six connections to a server and the event stream holds one: more taps than this waiting for a
// silent bot would leave none to send a message with.
const MOST_WAITS = 3;

/** `page`: {store, composer(), timeline(), person(), open(personId, chatId)}. */
export function actionsOf(page) {
  const pending = new Set();
  const waits = [];
  const mark = (key, busy) => {
    if (busy) pending.add(key);
    else pending.delete(key);
    for (const node of byId("messages").querySelectorAll("[data-key]")) {
      if (node.dataset.key === key) node.setAttribute("aria-busy", String(busy));
    }
  };

  async function tap(message, button) {
    const key = pendingKey(message, button);
    if (pending.has(key)) return;
    mark(key, true);
    const waiting = new AbortController();
    waits.push(waiting);
    if (waits.length > MOST_WAITS) waits[0].abort();
    try {
      const answer = await api.tap(message.chat.id, page.person().id, message.message_id,
        button.callback_data ?? button.text, waiting.signal);
      if (answer.toast && answer.alert) alertBox(answer.toast);
      else if (answer.toast) toast(answer.toast);
      if (answer.url) openUrl(answer.url);
    } catch (error) {
      if (error.name === "AbortError") toast(t("noAnswer", { label: button.text }), true);
      else failure(error);
    } finally {
      waits.splice(waits.indexOf(waiting), 1);
      mark(key, false);
    }
  }

  /** A bot's ?start= link is played inside the sandbox: it asks who follows it, and presses Start for them. */
  function deepLink(url) {
    const code = DEEP_LINK.exec(url)?.[1];
    if (!code) return false;
    choosePerson(t("asWhom"), [...page.store.people.values()]).then((personId) => {
      if (personId === null) return undefined;
      const chatId = page.store.people.get(personId).chat_id;
      page.open(personId, chatId);
      return api.sendText(chatId, personId, `/start ${code}`);
    }).catch(failure);
    return true;
  }

  function openUrl(raw) {
    const url = safeUrl(raw);
    if (!url) toast(t("badLink", { url: raw }), true);
    else if (!deepLink(url)) window.open(url, "_blank", "noopener,noreferrer");
  }

  /** A page of the bot's: opened with launch data that the sandbox signs for this person, never twice the same. */
  async function openWebApp(message, button) {
    try {
      const answer = await api.tap(message.chat.id, page.person().id, message.message_id, button.text);
      openUrl(answer.opens.web_app.url);
    } catch (error) {
      failure(error);
    }
  }

  function press(message, button) {
    if (button.callback_data !== undefined) tap(message, button);
    else if (button.url) openUrl(button.url);
    else if (button.web_app) openWebApp(message, button);
    else if (button.copy_text) copy(button.copy_text.text);
    else if (button.switch_inline_query_current_chat !== undefined) {
      page.composer().prefill(button.switch_inline_query_current_chat);
    } else toast(t("noUse"), true);
  }

  return {
    press,
    isPending: (key) => pending.has(key),
    link: deepLink,
    command: (text) => page.composer().send(text),
    reply: (message) => page.composer().replyTo(message),
    enlarge,
    jump: (messageId) => {
      if (!page.timeline().jump(messageId)) toast(t("gone"));
    },
  };
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(t("copied", { text }));
  } catch (error) {
    if (!(error instanceof DOMException) && !(error instanceof TypeError)) throw error;
    toast(t("copyFailed", { text }), true); // denied by the browser, or no clipboard there
  }
}
