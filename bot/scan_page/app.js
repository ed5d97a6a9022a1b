// The scan page: a code is taken at once, sent in the background, and its answer is seen, heard and felt.
// Surprising: nothing here decides anything. Whether a parcel may go on is the server's answer alone; until it has come
// a parcel scanned out is shown as NOT handed over.

import { Closed, Queue, Sender, call } from "./queue.js";
import { play, siren, wake } from "./sound.js";
import { guardClosing, launch, settleIn } from "./telegram.js";
import { listen } from "./wedge.js";

const WEIGHT = /^(\d{1,7}[.,]\d{1,3}|\d{1,5}|\d{1,7}([.,]\d{1,3})?(kg|g|千克|公斤|克))$/i;
const SIZE = /^\d[\d.,]*\s*([a-z]{1,2}|毫米|厘米|公分|米)?(\s*[x×хX*＊✕]\s*\d[\d.,]*\s*([a-z]{1,2}|毫米|厘米|公分|米)?){2}$|^长\s*\d.*宽.*高/i;
const MARKS = {
  ok: "✓", item: "▫", again: "↺", stop: "⛔", ask: "⚖", shelf: "⛔", unknown: "?", refused: "✗", note: "📝", bin: "🗄", look: "🔎", paper: "📄", found: "🔢", scan_undone: "↶", place: "📍",
};
const GIVES_UP = new Set(["refused", "stop", "shelf", "unknown"]); // its weight is not wanted any more
const TO_DO = "👉"; // the line of a stop that says what to do
const KEYS = ["1", "2", "3", "⌫", "4", "5", "6", ".", "7", "8", "9", "0"];
const CLOSED = "请关闭本页，在聊天里重新打开。 Close this page and open it again in the chat.";
const SHOWN = 8;
const MOST_UNKNOWN = 100;
const byId = (id) => document.getElementById(id);
const { initData, id: person } = launch();
const queue = new Queue(`xiaoer.scan.${person}`);
const desk = { words: {}, stations: [], places: [], undo_seconds: 0, doc: 0 };
const recent = [];
let weighing = ""; // the code whose weight is wanted
let newest = ""; // id of the last job scanned here
let undoable = null; // {code, until, doc}
let unread = null; // the result whose notes wait to be read
let torn = null; // the result whose papers are out of date
let offline = false;
let lastHead = null;

// What outlives a reload: the choices, the unanswered stops, the list of unknown codes.
const KEPT = `xiaoer.scan.${person}.kept`;
const kept = {
  station: null, place: null, doc: 0, language: "", stops: [], unknown: [], placeless: [],
  ...JSON.parse(localStorage.getItem(KEPT) || "{}"),
};
const keep = () => localStorage.setItem(KEPT, JSON.stringify(kept));

const say = (key, n) => (desk.words[key] ?? "").replace("{n}", n ?? "");
/** Without a station a scan may mean the door, for people who hand over. */
const leaves = (station) => station === "hand_over" || (!station && desk.stations.some(({ id }) => id === "hand_over"));
const close = (text) => {
  byId("closed").textContent = text;
  byId("closed").hidden = false;
};

/** `notes` is what buyer and seller wrote: foreign text, so only ever textContent; nothing in it can take the focus. */
function show(verdict, head, code = "", text = "", notes = []) {
  unread = torn = null;
  window.scrollTo(0, 0);
  byId("panel").dataset.verdict = verdict;
  lastHead = { verdict, code };
  byId("head").textContent = head;
  byId("code").textContent = code;
  byId("text").textContent = text;
  byId("notes").hidden = !notes.length;
  byId("notes").replaceChildren(...notes.map((words) => {
    const item = document.createElement("li");
    item.textContent = words;
    return item;
  }));
}

function taken(text) {
  const plain = text.replace(/(\d)\s+(kg|g|千克|公斤|克)$/i, "$1$2");
  const weight = WEIGHT.test(plain);
  const size = SIZE.test(plain); // belongs to the parcel on the scales, whose weight is still wanted
  const job = { id: crypto.randomUUID(), do: "scan", text: (weight || size) && weighing ? `${weighing} ${plain}` : text,
    station: kept.station, place: kept.place, doc: kept.station === "stock" ? kept.doc : 0 };
  if (!size) weighing = !weight && kept.station === "weigh" && !/\s/.test(text) ? text : "";
  newest = job.id;
  queue.push(job);
  if (offline) showKept(job);
  else {
    show("", say(leaves(job.station) ? "sent_out" : "sent"), job.text, weighing ? say("weight") : "");
    play("sent");
  }
  sender.kick();
  draw();
}

/** It lies in this phone: of a parcel on its way out somebody must know that it has not left. */
function showKept(job) {
  const verdict = leaves(job.station) ? "kept_out" : "kept";
  const why = verdict === "kept_out" ? say("kept_out_why") : "";
  show(verdict, say(verdict), job.text, weighing ? say("weight") : why);
  play(verdict);
}

function answered(answer, job) {
  if (answer.count !== null) byId("hour").textContent = answer.count;
  for (const result of answer.results) note(result, job);
  draw();
}

function note(result, job) {
  if (result.verdict === "stop") {
    kept.stops.push({ code: result.code, text: result.text, stop: result.stop });
    keep();
  } else play(result.verdict);
  if (result.verdict === "unknown" && result.code) {
    kept.unknown = [result.code, ...kept.unknown.filter((code) => code !== result.code)].slice(0, MOST_UNKNOWN);
    keep();
  }
  // A late answer must not ask for a weight when the next parcel is on the scales already.
  if (job.id === newest) weighing = result.weighs ? result.code : GIVES_UP.has(result.verdict) ? "" : weighing;
  if (result.wave) byId("wave").textContent = result.wave;
  if (result.undo) undoable = { code: result.undo_code ?? result.code, doc: result.doc ?? 0, until: undoUntil(result) };
  else if (result.verdict === "scan_undone" || result.verdict === "ok") undoable = null; // a scan that stays
  const counted = result.station === "stock" && result.verdict === "item"; // the number is what one looks for later
  recent.unshift({ mark: MARKS[result.verdict] ?? "", code: result.code, text: counted ? result.text : result.head });
  recent.splice(SHOWN);
  show(result.verdict, result.head, result.code, result.text, result.notes);
  if (result.verdict === "note") unread = result;
  if (result.print) torn = result;
  if (result.station === "stock" && result.doc !== desk.doc) greet(); // taken up or finished in the chat meanwhile
  if (result.verdict === "place") {
    kept.placeless.push(job); // nothing was done: sent anew when the place is chosen
    keep();
  }
}

/** While its document is open whatever was scanned for it can go back. */
const undoUntil = (result) => (result.doc ? Infinity : Date.now() + desk.undo_seconds * 1000);

function broken(job) {
  note({ verdict: "unknown", head: say("broken"), code: job.text ?? "", text: "" }, job);
  draw();
}

/** What the button would take back: a scan that still waits here, else the last one the server did. */
function last() {
  const waiting = queue.all().filter((job) => job.do === "scan").at(-1);
  if (waiting) {
    const job = sender.flying.has(waiting.id) ? null : waiting.id;
    return { code: waiting.text.split(" ")[0], text: waiting.text, job };
  }
  return undoable && undoable.until > Date.now() ? { ...undoable, job: null } : null;
}

function undo() {
  const target = last();
  if (!target) return;
  undoable = null;
  if (target.job) {
    queue.drop(target.job);
    weighing = "";
    show("scan_undone", say("dropped"), target.code);
  } else queue.push({ id: crypto.randomUUID(), do: "undo", text: target.text ?? target.code, doc: target.doc ?? 0 });
  sender.kick();
  draw();
}

function seen() {
  const [first] = kept.stops.splice(0, 1);
  keep();
  if (first?.stop) queue.push({ id: crypto.randomUUID(), do: "seen", stop: first.stop });
  draw();
  sender.kick();
}

/** The notes on the screen were read: the server writes that down and does the scan they held up. */
function read() {
  if (unread) asks("read", unread, unread.parcel);
}

/** The papers of the parcel on the screen are printed anew: their files come to the person's own chat. */
function print() {
  if (torn) asks("print", torn, torn.print);
}

function asks(what, { code, station }, parcel) {
  const job = { id: crypto.randomUUID(), do: what, text: code, station, parcel, place: kept.place };
  queue.push(job);
  if (offline) showKept(job);
  else show("", say("sent"), code);
  sender.kick();
  draw();
}

function choose(name, value) {
  kept[name] = value;
  if (name === "place") {
    for (const job of kept.placeless.splice(0)) queue.push({ ...job, id: crypto.randomUUID(), place: value });
    sender.kick();
  }
  keep();
  if (name === "station") {
    weighing = "";
    showReady();
  }
  draw();
}

function showReady() {
  show("", say("ready"), "", desk.stations.find((one) => one.id === (kept.station ?? ""))?.hint);
}

/** Buttons of which one is pressed. Made anew only when they change: a button replaced under a finger hears no click. */
function chips(node, choices, chosen, choice) {
  const shown = JSON.stringify(choices);
  if (node.dataset.shown !== shown) {
    node.dataset.shown = shown;
    node.replaceChildren(...choices.map(({ id, label, name }) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label ?? name;
      button.dataset.id = id;
      button.addEventListener("click", () => choice(id));
      return button;
    }));
  }
  for (const button of node.children) button.setAttribute("aria-pressed", button.dataset.id === String(chosen));
}

function line(mark, code, text) {
  const item = document.createElement("li");
  for (const [tag, content] of [["b", mark], ["code", code], ["span", text]]) {
    const part = document.createElement(tag);
    part.textContent = content;
    item.append(part);
  }
  return item;
}

/** The page as things are now. Cheap enough to do after every event. */
function draw() {
  const jobs = queue.all();
  const waiting = jobs.filter((job) => job.do !== "undo" && job.do !== "seen");
  byId("net").className = offline ? "off" : "";
  byId("net").textContent = [say(offline ? "offline" : "online"), waiting.length ? say("waiting", waiting.length) : ""]
    .filter(Boolean).join(" · ");
  const [stop] = kept.stops;
  byId("stop").hidden = !stop;
  siren(Boolean(stop));
  if (stop) {
    byId("stop-code").textContent = stop.code;
    const lines = stop.text.split("\n");
    byId("stop-do").textContent = lines.filter((text) => text.startsWith(TO_DO)).join("\n");
    byId("stop-text").textContent = lines.filter((text) => !text.startsWith(TO_DO)).join("\n");
    byId("stop-waiting").textContent = waiting.length ? say("stop_first", waiting.length) : "";
  }
  const target = last();
  byId("undo").hidden = !target;
  byId("undo").textContent = target ? say("undo", target.code) : "";
  byId("keypad").hidden = !weighing;
  byId("read").hidden = !unread;
  byId("print").hidden = !torn;
  byId("unknowns").hidden = !kept.unknown.length;
  byId("unknown").replaceChildren(...kept.unknown.map((code) => line("?", code, "")));
  const pending = waiting.slice(-SHOWN).reverse().map((job) => line("…", job.text, say("waits")));
  byId("recent").replaceChildren(...pending, ...recent.map(({ mark, code, text }) => line(mark, code, text)));
  chips(byId("stations"), desk.stations, kept.station ?? "", (id) => choose("station", id || null));
  byId("places").hidden = desk.places.length < 2 || !(kept.station === "receive" || kept.placeless.length);
  chips(byId("places"), desk.places, kept.place, (id) => choose("place", id));
  guardClosing(jobs.length > 0);
}

function setOffline(is) {
  if (offline === is) return;
  offline = is;
  const code = lastHead?.code ?? "";
  const job = is && lastHead?.verdict === "" ? queue.all().find((one) => one.text === code) : null;
  if (job) showKept(job); // what was just shown as sent has not arrived
  draw();
}

const sender = new Sender(queue, initData, {
  answered, broken, offline: setOffline,
  closed: (why) => close(say(why)),
  held: () => kept.stops.length > 0,
  language: () => kept.language,
});

function opened(found) {
  Object.assign(desk, found);
  kept.language = found.language;
  if (found.doc && found.doc !== kept.doc) kept.station = "stock"; // what was just taken up is what is scanned for
  kept.doc = found.doc;
  if (!found.stations.some((one) => one.id === (kept.station ?? ""))) kept.station = null;
  kept.station ??= found.station || null;
  if (!found.places.some((one) => one.id === kept.place)) kept.place = found.place;
  keep();
  document.documentElement.lang = found.language;
  byId("name").textContent = found.name;
  byId("hour").textContent = found.count;
  byId("language").textContent = found.language === "zh" ? "EN" : "中文";
  byId("field").placeholder = say("field");
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = say(node.dataset.word);
  if (!lastHead) showReady();
  draw();
}

async function start() {
  settleIn();
  if (!initData) {
    close("请在与小二的聊天里发送 /scan 打开本页。 Open this page from your chat: send /scan.");
    return;
  }
  navigator.locks?.request(queue.key, { steal: true }, () => new Promise(() => {})).catch(() => {
    sender.stopped = true; // the newest window of a person does the work
    close(say("elsewhere"));
  });
  const wedge = listen(byId("field"), taken, wake);
  for (const key of KEYS) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = key;
    button.addEventListener("click", () => wedge.type(key));
    byId("keypad").append(button);
  }
  byId("enter").addEventListener("click", wedge.take);
  byId("keyboard").addEventListener("click", wedge.keyboard);
  byId("undo").addEventListener("click", undo);
  byId("seen").addEventListener("click", seen);
  byId("read").addEventListener("click", read);
  byId("print").addEventListener("click", print);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && kept.stops.length) seen(); // a scanner has no such key
  });
  byId("forget").addEventListener("click", () => {
    kept.unknown = [];
    keep();
    draw();
  });
  byId("language").addEventListener("click", () => {
    kept.language = kept.language === "zh" ? "en" : "zh";
    lastHead = null;
    greet();
  });
  window.addEventListener("online", greet);
  document.addEventListener("visibilitychange", () => document.hidden || greet()); // back from the chat
  window.addEventListener("offline", () => setOffline(true));
  setInterval(() => {
    if (undoable && undoable.until <= Date.now()) draw();
    if (!desk.stations.length || (offline && !queue.all().length)) greet(); // else the queue finds out by sending
  }, 2000);
  greet();
}

let greeting = false;

/** Ask for words and choices. Until there is an answer scans are taken all the same. */
async function greet() {
  if (greeting || sender.stopped) return;
  greeting = true;
  let found;
  try {
    found = await call("open", { language: kept.language }, initData);
  } catch (error) {
    if (error instanceof Closed) {
      sender.stopped = true;
      close(say(error.message) || CLOSED);
    } else setOffline(true);
    return;
  } finally {
    greeting = false;
  }
  opened(found);
  setOffline(false);
  sender.kick();
}

start();
