// A message's text with its entities as DOM nodes. Entity offsets count UTF-16 units, which is what JavaScript
// strings count too, so they index the text directly. An entity that reaches past the one around it is cut there.

import { el, safeUrl } from "./dom.js";
import { t } from "./i18n.js";

const PLAIN = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", mention: "b", hashtag: "b",
  cashtag: "b",
};

const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);

/** `actions.command(text)` runs a tapped /command; `actions.link(url)` may take a link over by returning true. */
export function richText(text, entities, actions) {
  const sorted = [...(entities || [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  const fragment = document.createDocumentFragment();
  fragment.append(...span(text, sorted, 0, text.length, actions));
  return fragment;
}

function span(text, entities, from, to, actions) {
  const nodes = [];
  let at = from;
  for (let i = 0; i < entities.length; i++) {
    const entity = entities[i];
    const start = Math.max(entity.offset, at);
    const end = Math.min(entity.offset + entity.length, to);
    if (start >= end) continue;
    if (start > at) nodes.push(document.createTextNode(text.slice(at, start)));
    const inner = entities.slice(i + 1).filter((other) => other.offset < end);
    nodes.push(wrap(entity, text.slice(start, end), span(text, inner, start, end, actions), actions));
    at = BLOCKS.has(entity.type) && text[end] === "\n" ? end + 1 : end; // a block ends its line by itself
  }
  if (at < to) nodes.push(document.createTextNode(text.slice(at, to)));
  return nodes;
}

function wrap(entity, text, nodes, actions) {
  const type = entity.type;
  if (type in PLAIN) return el(PLAIN[type], {}, nodes);
  if (type === "pre") return el("pre", { "data-language": entity.language }, el("code", {}, nodes));
  if (type === "text_link") return link(entity.url, nodes, actions);
  if (type === "url") return link(text, nodes, actions);
  if (type === "email") return link(`mailto:${text}`, nodes, actions);
  if (type === "phone_number") return link(`tel:${text.replace(/[^\d+]/g, "")}`, nodes, actions);
  if (type === "bot_command") return command(text, nodes, actions);
  if (type === "spoiler") return spoiler(nodes);
  if (type === "blockquote") return el("blockquote", {}, nodes);
  if (type === "expandable_blockquote") return expandable(nodes);
  return el("span", { "data-entity": type }, nodes);
}

function link(url, nodes, actions) {
  const href = safeUrl(url);
  if (!href) return el("span", {}, nodes);
  const open = (event) => {
    if (actions.link(href)) event.preventDefault();
  };
  return el("a", { href, target: "_blank", rel: "noopener noreferrer", title: href, on: { click: open } }, nodes);
}

function command(text, nodes, actions) {
  return el("button", { type: "button", cls: "as-link", on: { click: () => actions.command(text) } }, nodes);
}

function spoiler(nodes) {
  const node = el("span", { cls: "spoiler", role: "button", tabindex: "0", "aria-label": t("reveal") }, nodes);
  const reveal = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    if (node.classList.contains("shown")) return;
    event.preventDefault();
    node.classList.add("shown");
    for (const name of ["role", "tabindex", "aria-label"]) node.removeAttribute(name);
  };
  node.addEventListener("click", reveal);
  node.addEventListener("keydown", reveal);
  return node;
}

function expandable(nodes) {
  const body = el("div", { cls: "fold" }, nodes);
  const toggle = el("button", { type: "button", cls: "as-link fold-toggle", "aria-expanded": "false" }, t("expand"));
  toggle.addEventListener("click", () => {
    const open = body.classList.toggle("open");
    toggle.setAttribute("aria-expanded", String(open));
    toggle.textContent = t(open ? "collapse" : "expand");
  });
  return el("blockquote", { cls: "expandable" }, body, toggle);
}
