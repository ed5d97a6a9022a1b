// The tray of files about to be sent: filled by the picker, by drop and by paste; emptied by sending or removing.

import { sizeOf } from "./bubbles.js";
import { byId, el, icon } from "./dom.js";
import { t } from "./i18n.js";

const isImage = (file) => file.type.startsWith("image/") && file.type !== "image/svg+xml";
const isFilm = (file) => file.type.startsWith("video/");
const galleryKind = (file) => (isImage(file) ? "photo" : isFilm(file) ? "video" : "document");

export class Attachments {
  constructor(onChange) {
    this.onChange = onChange;
    this.files = [];
    this.tray = byId("tray");
    this.asMedia = byId("as-media");
    this.picker = byId("file");
    byId("attach").addEventListener("click", () => this.picker.click());
    this.picker.addEventListener("change", () => {
      this.add([...this.picker.files]);
      this.picker.value = ""; // so that choosing the same file again is a change again
    });
    this.listenToDrop(byId("chat"));
  }

  listenToDrop(zone) {
    const carriesFiles = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
    const mark = (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      zone.classList.toggle("dropping", event.type === "dragover" && this.enabled);
    };
    // The window takes part so that a file dropped beside the chat does not replace the page.
    window.addEventListener("dragover", mark);
    window.addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) zone.classList.remove("dropping");
    });
    window.addEventListener("drop", (event) => {
      mark(event);
      if (this.enabled && carriesFiles(event)) this.add([...event.dataTransfer.files]);
    });
  }

  /** Takes a paste of files; text wins where both are there (spreadsheets put a picture beside their cells). */
  paste(event) {
    const data = event.clipboardData;
    if (!data.files.length || data.types.includes("text/plain")) return;
    event.preventDefault();
    this.add([...data.files]);
  }

  add(files) {
    this.files.push(...files);
    this.draw();
  }

  /** Hands the files over for sending and empties the tray. */
  take() {
    const kindOf = this.asMedia.checked ? galleryKind : () => "document";
    const taken = this.files.map((file) => ({ file, kind: kindOf(file) }));
    this.clear();
    return taken;
  }

  clear() {
    this.files = [];
    this.asMedia.checked = false;
    this.draw();
  }

  draw() {
    this.tray.hidden = !this.files.length;
    byId("as-media-row").hidden = !this.files.some((file) => galleryKind(file) !== "document");
    byId("tray-count").textContent = t("files", { n: this.files.length });
    byId("tray-files").replaceChildren(...this.files.map((file) => this.chip(file)));
    this.onChange();
  }

  chip(file) {
    const remove = () => {
      this.files.splice(this.files.indexOf(file), 1);
      this.draw();
    };
    return el("li", { cls: "chip" }, el("span", { cls: "chip-name", dir: "auto" }, file.name),
      el("small", {}, sizeOf(file.size)),
      el("button", {
        type: "button", cls: "round small", "aria-label": t("remove", { name: file.name }), on: { click: remove },
      }, icon("close")));
  }
}
