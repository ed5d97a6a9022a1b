// One message, or one album, as a row of the timeline: bubble, reply quote, files, text, marks and buttons.

import { fileUrl } from "./api.js";
import { avatar, el, icon } from "./dom.js";
import { richText } from "./entities.js";
import { dayOf, t, timeOf } from "./i18n.js";
import { inlineKeyboard } from "./keyboards.js";
import { isService } from "./store.js";

const PHOTO_WIDTH = 480;
const PHOTO_HEIGHT = 360;

export const nameOf = (user) => [user?.first_name, user?.last_name].filter(Boolean).join(" ") || "?";

/** The message in a few plain words: for the people list, reply quotes and screen readers. */
export function summary(message) {
  const words = message.text || message.caption;
  const line = words ? words.replace(/\s+/g, " ").slice(0, 120) : "";
  if (message.photo) return [t("photo"), line].filter(Boolean).join(" · ");
  if (message.video) return [t("film"), line].filter(Boolean).join(" · ");
  if (message.document) return [message.document.file_name || t("document"), line].filter(Boolean).join(" · ");
  return line || serviceText(message) || "";
}

const COMMON = new Set(["message_id", "from", "chat", "date", "edit_date", "reply_to_message", "reply_markup",
  "sender_chat", "message_thread_id", "media_group_id", "has_protected_content", "via_bot"]);

/** What a service message says, or null for one that carries text or a file. */
export function serviceText(message) {
  if (!isService(message)) return null;
  const names = (list) => list.map(nameOf).join(t("people") === "People" ? ", " : "、");
  if (message.new_chat_members) return t("joined", { names: names(message.new_chat_members) });
  if (message.left_chat_member) return t("left", { names: names([message.left_chat_member]) });
  if (message.migrate_to_chat_id || message.migrate_from_chat_id) return t("upgraded");
  if (message.group_chat_created || message.supergroup_chat_created) {
    return t("created", { title: message.chat.title });
  }
  if (message.new_chat_title) return t("retitled", { title: message.new_chat_title });
  if (message.pinned_message) return t("pinned");
  return t("unknownMessage", { kinds: Object.keys(message).filter((key) => !COMMON.has(key)).join(", ") });
}

/**
 * A row for `messages` (several: an album). `before` is the message above it: it decides the date line and whether
 * the sender's name is repeated. `view`: {personId, history, actions}.
 */
export function renderRow(messages, before, view) {
  const first = messages[0];
  const row = el("div", { cls: "row" });
  if (!before || dayOf(before.date) !== dayOf(first.date)) row.append(el("div", { cls: "day" }, dayOf(first.date)));
  const service = messages.length === 1 ? serviceText(first) : null;
  if (service) row.append(el("div", { cls: "service", data: { messageId: first.message_id } }, service));
  else row.append(line(messages, before, view));
  return row;
}

function line(messages, before, view) {
  const first = messages[0];
  const mine = first.from?.id === view.personId;
  const follows = before && before.from?.id === first.from?.id && !serviceText(before) &&
    first.date - before.date < 600;
  const inGroup = first.chat.type !== "private";
  const stack = el("div", { cls: "stack" }, bubble(messages, { ...view, named: inGroup && !mine && !follows }));
  const keyboard = inlineKeyboard(messages.at(-1), view.actions);
  if (keyboard) stack.append(keyboard);
  const face = !inGroup || mine ? null : follows ? el("span", { cls: "avatar blank" }) :
    avatar(nameOf(first.from), first.from?.id);
  return el("div", { cls: `line ${mine ? "mine" : "theirs"}${follows ? " follows" : ""}` }, face, stack);
}

function bubble(messages, view) {
  if (messages.length === 1) return single(messages[0], view, "bubble");
  const isPhotos = messages.every((message) => message.photo || message.video);
  const named = view.named ? [sender(messages[0])] : [];
  return el("div", { cls: `bubble album${isPhotos ? " photos" : ""}` }, named,
    messages.map((message) => single(message, { ...view, named: false }, "cell")));
}

function single(message, view, cls) {
  const text = message.text ?? message.caption;
  const entities = message.entities ?? message.caption_entities;
  return el("article", { cls, data: { messageId: message.message_id }, "aria-label": nameOf(message.from) },
    view.named && sender(message),
    message.reply_to_message && quote(message.reply_to_message, view),
    message.photo && photo(message, view),
    message.video && film(message),
    message.document && file(message.document),
    text && el("div", { cls: "text", dir: "auto" }, richText(text, entities, view.actions)),
    marks(message, view));
}

const sender = (message) =>
  el("div", { cls: `sender ink-${Math.abs(message.from?.id || 0) % 8}` }, nameOf(message.from));

function marks(message, view) {
  const reply = el("button", {
    type: "button", cls: "reply-button", "aria-label": t("reply"), title: t("reply"),
    on: { click: () => view.actions.reply(message) },
  }, icon("reply"));
  return el("footer", { cls: "marks" }, reply,
    message.edit_date && el("span", { cls: "edited" }, t("edited")),
    el("time", { datetime: new Date(message.date * 1000).toISOString() }, timeOf(message.date)));
}

function quote(original, view) {
  const current = view.history.byId.get(original.message_id);
  const jump = () => view.actions.jump(original.message_id);
  return el("button", { type: "button", cls: "quote", on: { click: jump } },
    el("b", {}, nameOf((current || original).from)),
    el("span", {}, current ? summary(current) : summary(original) || t("gone")));
}

function photo(message, view) {
  const best = message.photo.at(-1);
  const url = fileUrl(best.file_id);
  const scale = Math.min(1, PHOTO_WIDTH / best.width, PHOTO_HEIGHT / best.height);
  const image = el("img", {
    src: url, alt: message.caption || t("photo"), loading: "lazy",
    width: Math.round(best.width * scale), height: Math.round(best.height * scale),
  });
  return el("button", {
    type: "button", cls: "photo", "aria-label": t("enlarge"), on: { click: () => view.actions.enlarge(url) },
  }, image);
}

/** Played in its place; its name, size and download stand below, as of any file. */
function film(message) {
  const { file_id: id, width, height } = message.video;
  const scale = Math.min(1, PHOTO_WIDTH / (width || PHOTO_WIDTH), PHOTO_HEIGHT / (height || PHOTO_HEIGHT));
  const player = el("video", {
    src: fileUrl(id), controls: true, preload: "metadata", playsinline: true, "aria-label": message.caption || t("film"),
    width: width ? Math.round(width * scale) : undefined, height: height ? Math.round(height * scale) : undefined,
  });
  return el("div", { cls: "film" }, player, file(message.video));
}

export function sizeOf(bytes) {
  if (bytes === undefined) return "";
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function file(document) {
  const name = document.file_name || t("document");
  const url = fileUrl(document.file_id);
  const extension = /\.([A-Za-z0-9]{1,4})$/.exec(name)?.[1] || "";
  return el("div", { cls: "file" },
    el("a", { cls: "file-open", href: url, target: "_blank", rel: "noopener", "aria-label": t("open", { name }) },
      el("span", { cls: `file-icon kind-${extension.toLowerCase()}`, "aria-hidden": "true" },
        extension.toUpperCase() || icon("file")),
      el("span", { cls: "file-words" }, el("b", { dir: "auto" }, name),
        el("small", {}, sizeOf(document.file_size)))),
    el("a", { cls: "round", href: `${url}?download`, download: name, "aria-label": t("download", { name }),
      title: t("download", { name }) }, icon("download")));
}
