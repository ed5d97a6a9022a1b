// The sandbox's control API (/sandbox/...) over fetch, and its event stream.
// An answer that is not 2xx becomes an ApiError carrying the server's own words.

class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function call(method, path, body, signal) {
  const options = { method, headers: {}, signal };
  if (body instanceof FormData) options.body = body;
  else if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  const response = await fetch(`/sandbox${path}`, options);
  const text = await response.text();
  const isJson = (response.headers.get("Content-Type") || "").includes("json");
  const data = isJson && text ? JSON.parse(text) : null;
  if (!response.ok) throw new ApiError(response.status, data?.error || `${response.status} ${response.statusText}`);
  return data;
}

export const people = () => call("GET", "/people");
export const addPerson = (name) => call("POST", "/people", { name });
export const chats = () => call("GET", "/chats");
export const messages = (chatId, after = 0) => call("GET", `/chats/${chatId}/messages?after=${after}`);
export const setBlocked = (personId, blocked) => call("POST", `/people/${personId}/block`, { blocked });
export const upgrade = (chatId) => call("POST", `/chats/${chatId}/upgrade`, {});
export const faults = () => call("GET", "/faults");
export const addFault = (fault) => call("POST", "/faults", fault);
export const clearFaults = () => call("DELETE", "/faults");

/** Whether the traffic maker runs; null when this process has none. */
export async function traffic() {
  try {
    return (await call("GET", "/traffic")).on;
  } catch (error) {
    if (error.status === 409) return null;
    throw error;
  }
}

export const setTraffic = (on) => call("POST", "/traffic", { on });
export const fileUrl = (fileId) => `/sandbox/files/${encodeURIComponent(fileId)}`;

export function sendText(chatId, from, text, replyTo) {
  const body = { from, text };
  if (replyTo) body.reply_to_message_id = replyTo;
  return call("POST", `/chats/${chatId}/messages`, body);
}

/** One file as one message; `kind` "photo" or "video" sends it the way a phone's gallery would. */
export function sendFile(chatId, from, { file, caption, kind, replyTo }) {
  const form = new FormData();
  form.set("from", from);
  if (caption) form.set("caption", caption);
  form.set("kind", kind);
  if (replyTo) form.set("reply_to_message_id", replyTo);
  form.set("file", file, file.name || "file");
  return call("POST", `/chats/${chatId}/messages`, form);
}

/** Resolves with {toast, alert} once the bot has answered the tap; `signal` stops the waiting, not the tap. */
export const tap = (chatId, from, messageId, button, signal) =>
  call("POST", `/chats/${chatId}/taps`, { from, message_id: messageId, button }, signal);

/** The bot's commands as this person sees them; a server without the list offers none. */
export async function commands(personId) {
  try {
    return await call("GET", `/commands?person=${personId}`);
  } catch (error) {
    if (error.status === 404) return [];
    throw error;
  }
}

const RETRY_MS = 1500;

/**
 * Follows the event stream for ever. The browser reconnects a broken stream by itself, but gives up for good
 * on a refused one, hence the timer. `onOpen(again)` says whether this is a reconnection.
 */
export function follow({ onEvent, onOpen, onLost }) {
  let opened = false;
  const connect = () => {
    const source = new EventSource("/sandbox/events");
    source.onopen = () => {
      onOpen(opened);
      opened = true;
    };
    source.onmessage = (event) => onEvent(JSON.parse(event.data));
    source.onerror = () => {
      onLost();
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, RETRY_MS);
    };
  };
  connect();
}
