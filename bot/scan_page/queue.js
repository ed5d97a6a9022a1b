// Jobs that wait for the server, in the order in which they were scanned, kept in localStorage: a phone may be offline
// for an hour, run out of power, or have its page opened twice.
// Surprising: nothing is held in memory, so two windows of one person cannot overwrite each other's scans. A job that
// both of them send is done once: the server knows its id.

const BATCH = 10;
const TIMEOUT_MS = 15_000;
const WAITS_MS = [500, 1000, 2000, 4000, 8000];
const MOST_FAILURES = 3;

export class Queue {
  constructor(key) {
    this.key = key;
  }

  all() {
    return JSON.parse(localStorage.getItem(this.key) || "[]");
  }

  push(job) {
    localStorage.setItem(this.key, JSON.stringify([...this.all(), job]));
  }

  drop(id) {
    localStorage.setItem(this.key, JSON.stringify(this.all().filter((job) => job.id !== id)));
  }
}

export class Closed extends Error {}

/** POSTs JSON with the launch data. Closed when the server will not hear this page any more. */
export async function call(path, body, initData) {
  const response = await fetch(`/scan/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `tma ${initData}` },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (response.status === 401) throw new Closed("expired");
  if (response.status === 403) throw new Closed("refused");
  if (!response.ok) throw new Error(`status ${response.status}`);
  return response.json();
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

  /** Send now; while a batch is under way its end sends the rest. */
  kick() {
    clearTimeout(this.timer);
    if (!this.flying.size && !this.stopped) this.send();
  }

  async send() {
    const batch = this.hooks.held() ? [] : this.queue.all().slice(0, this.refusals ? 1 : BATCH);
    if (!batch.length) return;
    for (const job of batch) this.flying.add(job.id);
    try {
      const { answers } = await call("jobs", { jobs: batch, language: this.hooks.language() }, this.initData);
      this.failures = this.refusals = 0;
      this.hooks.offline(false);
      for (const answer of answers) {
        this.queue.drop(answer.id);
        this.hooks.answered(answer, batch.find((job) => job.id === answer.id));
      }
      setTimeout(() => this.kick());
    } catch (error) {
      this.failed(error, batch);
    } finally {
      this.flying.clear();
    }
  }

  failed(error, batch) {
    if (error instanceof Closed) {
      this.stopped = true;
      this.hooks.closed(error.message);
      return;
    }
    const wait = WAITS_MS[Math.min(this.failures, WAITS_MS.length - 1)];
    this.failures += 1;
    if (error.message.startsWith("status ")) this.refusals += 1; // it hears us: from now on one job alone, to see which
    else this.hooks.offline(true);
    if (this.refusals > MOST_FAILURES && batch.length === 1) {
      this.queue.drop(batch[0].id);
      this.refusals = 0;
      this.hooks.broken(batch[0]);
    }
    this.timer = setTimeout(() => this.kick(), wait);
  }
}
