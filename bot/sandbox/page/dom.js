// Small helpers for building DOM nodes. Data only ever enters the page as text nodes or checked attributes:
// nothing in this folder assigns innerHTML.

export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(node, name, value);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function setProp(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "on") for (const [event, handler] of Object.entries(value)) node.addEventListener(event, handler);
  else if (name === "data") Object.assign(node.dataset, value);
  else node.setAttribute(name === "cls" ? "class" : name, value === true ? "" : value);
}

const SVG = "http://www.w3.org/2000/svg";

/** An icon of icons.svg; decorative, so hidden from screen readers. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `/page/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/** The first visible character of a name, on one of eight colours chosen by id. */
export function avatar(name, id) {
  return el("span", { cls: `avatar hue-${Math.abs(Number(id) || 0) % 8}`, "aria-hidden": "true" },
    [...(name || "?").trim()][0] || "?");
}

/** A URL a person may safely follow, or null: javascript:, data: and the like never become links. */
export function safeUrl(raw) {
  try {
    const url = new URL(/^[a-z][a-z0-9+.-]*:/i.test(raw) ? raw : `http://${raw}`);
    return ["http:", "https:", "mailto:", "tel:", "tg:"].includes(url.protocol) ? url.href : null;
  } catch (error) {
    if (error instanceof TypeError) return null; // not a URL at all: shown as plain text
    throw error;
  }
}

export const byId = (id) => document.getElementById(id);
