// The little of Telegram's Mini App bridge that we need: launch data, a few requests to the app around us, haptics.
// Our own, so that the page loads nothing from elsewhere.

const KEPT = "xiaoer.launch";

/** The signed launch data and the Telegram id in it; {initData: ""} when the page was not opened from a chat. */
export function launch() {
  const told = new URLSearchParams(location.hash.slice(1)).get("tgWebAppData");
  if (told) sessionStorage.setItem(KEPT, told); // a reload comes without the fragment in some clients
  const initData = told || sessionStorage.getItem(KEPT) || "";
  return { initData, id: userOf(initData) };
}

function userOf(initData) {
  try {
    return JSON.parse(new URLSearchParams(initData).get("user") || "{}")?.id;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // nobody Telegram knows: the server will refuse it
    throw error;
  }
}

export function post(type, data = {}) {
  if (window.TelegramWebviewProxy) window.TelegramWebviewProxy.postEvent(type, JSON.stringify(data));
  else if (parent !== window) {
    parent.postMessage(JSON.stringify({ eventType: type, eventData: data }), "https://web.telegram.org");
  }
}

export function settleIn() {
  post("web_app_ready");
  post("web_app_expand");
  post("web_app_setup_swipe_behavior", { allow_vertical_swipe: false });
}

/** While scans wait, the app asks before it closes us. */
export const guardClosing = (wanted) => post("web_app_setup_closing_behavior", { need_confirmation: wanted });

/** `kind`: success | warning | error. */
export function buzz(kind, pattern) {
  post("web_app_trigger_haptic_feedback", { type: "notification", notification_type: kind });
  navigator.vibrate?.(pattern);
}
