// What appears over the page: toasts, the bot's modal alerts, an enlarged photo, small choices.

import { avatar, byId, el, icon } from "./dom.js";
import { roleName, t } from "./i18n.js";

const TOAST_MS = 5000;

/** A line that goes away by itself; `isError` marks a failure of the sandbox, not the bot's words. */
export function toast(text, isError = false) {
  const node = el("div", {
    cls: `toast${isError ? " error" : ""}`, "data-testid": "toast", role: isError ? "alert" : "status",
  }, icon(isError ? "warn" : "info"), el("span", { dir: "auto" }, text));
  byId("toasts").append(node);
  setTimeout(() => node.remove(), TOAST_MS);
}

export function failure(error) {
  const why = error instanceof TypeError ? t("offline") : error.message; // fetch reports a dead server as TypeError
  toast(t("failed", { why }), true);
}

function modal(props, ...children) {
  const dialog = el("dialog", props, ...children);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** The bot's answer with show_alert: stays until the person confirms it. */
export function alertBox(text) {
  const dialog = modal({ cls: "sheet", "data-testid": "alert", role: "alertdialog", "aria-label": text },
    el("p", { cls: "alert-text", dir: "auto" }, text),
    el("div", { cls: "actions" }, el("button", {
      type: "button", cls: "plain strong", on: { click: () => dialog.close() },
    }, t("ok"))));
}

export function enlarge(url) {
  const dialog = modal({ cls: "lightbox", "aria-label": t("photo") },
    el("img", { src: url, alt: t("photo"), on: { click: () => dialog.close() } }),
    el("button", { type: "button", cls: "round", "aria-label": t("close"), on: { click: () => dialog.close() } },
      icon("close")));
}

/** Asks for one line of text; resolves with it, or with null when the person gave up. */
export function ask(label, confirm) {
  return new Promise((resolve) => {
    const input = el("input", { type: "text", required: true, maxlength: "64", autofocus: true, "aria-label": label });
    const form = el("form", { method: "dialog" }, el("h2", {}, label), input,
      el("div", { cls: "actions" },
        el("button", { type: "button", cls: "plain", on: { click: () => dialog.close() } }, t("cancel")),
        el("button", { type: "submit", cls: "plain strong" }, confirm)));
    let answer = null;
    form.addEventListener("submit", () => {
      answer = input.value.trim() || null;
    });
    const dialog = modal({ cls: "sheet", "aria-label": label }, form);
    dialog.addEventListener("close", () => resolve(answer));
  });
}

/** Asks which person of the cast; resolves with the id or null. */
export function choosePerson(label, people) {
  return new Promise((resolve) => {
    let answer = null;
    const choice = (person) => el("button", { type: "button", cls: "person", on: { click: () => {
      answer = person.id;
      dialog.close();
    } } }, avatar(person.name, person.id),
    el("span", { cls: "person-words" }, el("b", { dir: "auto" }, person.name),
      el("small", {}, roleName(person.role))));
    const dialog = modal({ cls: "sheet", "aria-label": label }, el("h2", {}, label),
      el("div", { cls: "choices" }, people.map(choice)),
      el("div", { cls: "actions" }, el("button", {
        type: "button", cls: "plain", on: { click: () => dialog.close() },
      }, t("cancel"))));
    dialog.addEventListener("close", () => resolve(answer));
  });
}

export { modal };
