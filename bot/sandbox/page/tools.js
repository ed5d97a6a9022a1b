// The small bar of things no messenger has: shop traffic, injected faults, and what a person or a group can do
// to the bot (block it, upgrade the group).

import * as api from "./api.js";
import { failure, modal } from "./dialogs.js";
import { byId, el } from "./dom.js";
import { t } from "./i18n.js";

const METHODS = ["sendMessage", "sendDocument", "sendPhoto", "sendVideo", "sendMediaGroup", "editMessageText",
  "editMessageReplyMarkup", "answerCallbackQuery", "deleteMessage", "getUpdates", "getFile"];

const KINDS = {
  kind429: { error_code: 429, retry_after: 3 },
  kind403: { error_code: 403, description: "Forbidden: bot was blocked by the user" },
  kind400: { error_code: 400, description: "Bad Request: chat not found" },
  kind500: { error_code: 500, description: "Internal Server Error" },
  kindDrop: { error_code: 500, drop: true },
  kindSlow: { error_code: 0 },
};

export class Tools {
  constructor(store) {
    this.store = store;
    this.switch = byId("traffic");
    this.switch.addEventListener("change", () => this.run(api.setTraffic(this.switch.checked)));
    byId("faults").addEventListener("click", () => this.openFaults());
    for (const id of ["block", "unblock"]) byId(id).addEventListener("click", () => this.toggleBlock());
    byId("upgrade").addEventListener("click", () => this.run(api.upgrade(this.chat.id)));
    store.addEventListener("tools", () => this.refresh());
  }

  run(promise) {
    return promise.catch(failure).finally(() => this.refresh());
  }

  async refresh() {
    try {
      const [traffic, faults] = await Promise.all([api.traffic(), api.faults()]);
      this.switch.checked = Boolean(traffic);
      this.switch.disabled = traffic === null;
      this.switch.parentElement.title = traffic === null ? t("noTraffic") : "";
      this.faults = faults;
      byId("fault-count").textContent = faults.length || "";
      if (this.dialog?.open) this.drawFaults();
    } catch (error) {
      failure(error);
    }
  }

  show(person, chat) {
    this.person = person;
    this.chat = chat;
    byId("block").textContent = t(person.blocked ? "unblock" : "block");
    byId("upgrade").hidden = chat.type !== "group";
  }

  async toggleBlock() {
    byId("more").open = false;
    try {
      await api.setBlocked(this.person.id, !this.person.blocked);
      this.store.refreshRoster();
    } catch (error) {
      failure(error);
    }
  }

  openFaults() {
    this.faultList = el("ul", { cls: "faults" });
    this.dialog = modal({ cls: "sheet wide", "aria-label": t("faults") },
      el("h2", {}, t("faults")), this.faultList, this.faultForm(),
      el("div", { cls: "actions" }, el("button", {
        type: "button", cls: "plain", on: { click: () => this.dialog.close() },
      }, t("close"))));
    this.drawFaults();
    this.refresh();
  }

  drawFaults() {
    const faults = this.faults || [];
    const lines = faults.map((fault) => el("li", {}, el("b", {}, fault.method), " ", describe(fault),
      fault.chat_id ? ` · ${this.chatName(fault.chat_id)}` : "",
      fault.times === null || fault.times === undefined ? "" : ` · ${t("timesLeft", { n: fault.times })}`));
    const clear = el("button", {
      type: "button", cls: "plain danger", on: { click: () => this.run(api.clearFaults()) },
    }, t("clearFaults"));
    this.faultList.replaceChildren(...(lines.length ? [...lines, clear] : [el("li", {}, t("noFaults"))]));
  }

  chatName(chatId) {
    const chat = this.store.chats.get(chatId);
    return (chat?.type === "private" && this.store.people.get(chat.person_id)?.name) || chat?.title || String(chatId);
  }

  faultForm() {
    const options = (pairs) => pairs.map(([value, label]) => el("option", { value }, label));
    const field = (name, label, control) => {
      control.name = name;
      return el("label", {}, el("span", {}, label), control);
    };
    const chats = [...this.store.chats.keys()].map((id) => [id, this.chatName(id)]);
    const form = el("form", { cls: "fault-form" },
      field("method", t("faultMethod"), el("select", {}, options(METHODS.map((name) => [name, name])))),
      field("kind", t("faultKind"), el("select", {}, options(Object.keys(KINDS).map((key) => [key, t(key)])))),
      field("chat", t("faultChat"), el("select", {}, options([["", t("anyChat")], ...chats]))),
      field("times", t("faultTimes"), el("input", { type: "number", min: "1", max: "1000", value: "1" })),
      field("delay", t("faultDelay"), el("input", { type: "number", min: "0", max: "60000", value: "0" })),
      el("label", { cls: "check" }, el("input", { type: "checkbox", name: "after" }), t("faultAfter")),
      el("button", { type: "submit", cls: "plain strong" }, t("addFault")));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.run(api.addFault(faultOf(new FormData(form))));
    });
    return form;
  }
}

function faultOf(data) {
  const fault = { method: data.get("method"), times: Number(data.get("times")), ...KINDS[data.get("kind")] };
  if (data.get("chat")) fault.chat_id = Number(data.get("chat"));
  if (Number(data.get("delay"))) fault.delay_ms = Number(data.get("delay"));
  else if (fault.error_code === 0) fault.delay_ms = 2000;
  if (data.get("after")) fault.after = true;
  return fault;
}

function describe(fault) {
  const parts = [];
  if (fault.drop) parts.push(t("kindDrop"));
  else if (fault.error_code === 0) parts.push(t("kindSlow"));
  else parts.push([fault.error_code, fault.description].filter(Boolean).join(" "));
  if (fault.retry_after) parts.push(`retry_after ${fault.retry_after}`);
  if (fault.delay_ms) parts.push(`${fault.delay_ms} ms`);
  if (fault.after) parts.push(t("faultAfter"));
  return parts.join(" · ");
}
