// Jobs that wait for the server, in the order in which they were scanned, kept in localStorage: a phone may be offline
// for an hour, run out of power, or have its page opened twice.
// Surprising: nothing is held in memory, so two windows of one person cannot overwrite each other's scans. A job that
// both of them send is done once: the server knows its id.

const BATCH = 10;
const TIMEOUT_MS = 15_000;
const WAITS_MS = [500, 1000, 2000, 4000, 8000];
const MOST_REFUSALS = 4;

export class Queue {
  constructor(key) {
    this.key = key;
  }

  all() {
    return JSON.parse(localStorage.getItem(this.key) || "[]");
  }

  push(job) {
    localStorage.setItem(this.key, JSON.stringify([...this.all(), { at: Date.now(), ...job }]));
  }

  drop(id) {
    localStorage.setItem(this.key, JSON.stringify(this.all().filter((job) => job.id !== id)));
  }
}

export class Closed extends Error {}

/** The server heard the call and did not like it: the same call will not do better. */
export class Refused extends Error {}

const REFUSALS = new Set([400, 413, 500]);

/** POSTs JSON with the launch data. Closed when the server will not hear this page any more; Refused; any other error
 *  means that it cannot be reached (a proxy's 502 as well). */
export async function call(path, body, initData) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
  try {
    const response = await fetch(`/scan/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `tma ${initData}` },
      body: JSON.stringify(body),
      signal: abort.signal,
    });
    if (response.status === 401) throw new Closed("expired");
    if (response.status === 403) throw new Closed("refused");
    if (REFUSALS.has(response.status)) throw new Refused(response.status);
    if (!response.ok) throw new Error(response.status);
    return await response.json();
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Sends what waits, batch after batch. `hooks`: answered(answer, job), offline(is), closed(why), broken(job),
 * held() (a stop waits for its answer: nothing more is sent), language().
 */
export class Sender {
  constructor(queue, initData, hooks) {
    Object.assign(this, { queue, initData, hooks });
    this.flying = new Set();
    this.failures = 0;
    this.refusals = 0;
    this.stopped = false;
    this.timer = null;
  }

  /** Send now; while a batch is under way its end sends the rest, and a job the server refused waits its time. */
  kick() {
    if (this.refusals && this.timer) return;
    clearTimeout(this.timer);
    this.timer = null;
    if (!this.flying.size && !this.stopped) this.send();
  }

  async send() {
    const batch = this.hooks.held() ? [] : this.queue.all().slice(0, this.refusals ? 1 : BATCH);
    if (!batch.length) return;
    for (const job of batch) this.flying.add(job.id);
    let told;
    try {
      const jobs = batch.map((job) => ({ ...job, age: Date.now() - (job.at ?? Date.now()) })); // the clock may be wrong
      told = await call("jobs", { jobs, language: this.hooks.language() }, this.initData);
    } catch (error) {
      this.flying.clear();
      this.failed(error, batch);
      return;
    }
    this.failures = this.refusals = 0;
    this.hooks.offline(false);
    try {
      for (const answer of told.answers) {
        this.queue.drop(answer.id);
        this.hooks.answered(answer, batch.find((job) => job.id === answer.id));
      }
    } finally {
      this.flying.clear();
      setTimeout(() => this.kick());
    }
  }

  failed(error, batch) {
    if (error instanceof Closed) {
      this.stopped = true;
      this.hooks.closed(error.message);
      return;
    }
    const heard = error instanceof Refused;
    this.failures = heard ? 0 : this.failures + 1;
    this.refusals += heard; // from now on one job alone, to see which it is
    this.hooks.offline(!heard);
    const wait = WAITS_MS[Math.min(this.failures + this.refusals, WAITS_MS.length) - 1];
    if (this.refusals > MOST_REFUSALS && batch.length === 1) {
      this.queue.drop(batch[0].id);
      this.refusals = 0;
      this.hooks.broken(batch[0]);
    }
    this.timer = setTimeout(() => {
      this.timer = null;
      this.kick();
    }, wait);
  }
}
