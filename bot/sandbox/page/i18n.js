// The page's words in Chinese and English. Each key holds [zh, en]; the choice is remembered in this browser.

const WORDS = {
  title: ["小二 · 沙箱", "Xiaoer · sandbox"],
  people: ["人员", "People"],
  search: ["搜索人员", "Search people"],
  addStranger: ["添加陌生人", "Add a stranger"],
  strangerName: ["陌生人的名字", "Name of the stranger"],
  add: ["添加", "Add"],
  cancel: ["取消", "Cancel"],
  close: ["关闭", "Close"],
  ok: ["确定", "OK"],
  back: ["返回", "Back"],
  language: ["English", "中文"],
  languageHelp: ["Switch to English", "切换到中文"],
  pick: ["请从左侧选择一个人，以他的身份聊天", "Pick a person on the left and chat as them"],
  chatsOf: ["{name} 的聊天", "Chats of {name}"],
  withBot: ["与机器人私聊", "Private chat"],
  members: ["{n} 人", "{n} members"],
  message: ["输入消息", "Write a message"],
  caption: ["添加说明（可选）", "Add a caption (optional)"],
  send: ["发送", "Send"],
  attach: ["发送文件", "Attach files"],
  commands: ["命令", "Commands"],
  noCommands: ["机器人还没有登记命令", "The bot has not listed any commands yet"],
  keyboard: ["显示或隐藏快捷键盘", "Show or hide the reply keyboard"],
  asMedia: ["以照片、视频发送（照片会压缩）", "Send as photos and films (photos compressed)"],
  files: ["{n} 个文件", "{n} file(s)"],
  remove: ["移除 {name}", "Remove {name}"],
  dropHere: ["松开鼠标，把文件放进聊天", "Drop files to send them to this chat"],
  edited: ["已编辑", "edited"],
  typing: ["机器人正在输入…", "the bot is typing…"],
  uploading: ["机器人正在发送文件…", "the bot is sending a file…"],
  reply: ["回复", "Reply"],
  replyTo: ["回复 {name}", "Reply to {name}"],
  gone: ["原消息已删除", "the original message is gone"],
  open: ["打开 {name}", "Open {name}"],
  download: ["下载 {name}", "Download {name}"],
  photo: ["照片", "Photo"],
  film: ["视频", "Film"],
  enlarge: ["放大照片", "Enlarge photo"],
  document: ["文件", "File"],
  expand: ["展开", "Show more"],
  collapse: ["收起", "Show less"],
  reveal: ["点击显示隐藏内容", "Hidden text, click to show"],
  copied: ["已复制：{text}", "Copied: {text}"],
  copyFailed: ["浏览器不允许复制：{text}", "The browser refused to copy: {text}"],
  badLink: ["这个链接不安全，没有打开：{url}", "This link is not safe and was not opened: {url}"],
  noUse: ["沙箱不支持这种按钮", "The sandbox does not support this kind of button"],
  noAnswer: ["机器人还没有回应“{label}”", "The bot has not answered “{label}” yet"],
  joined: ["{names} 加入了群组", "{names} joined the group"],
  left: ["{names} 离开了群组", "{names} left the group"],
  created: ["群组“{title}”已创建", "The group “{title}” was created"],
  retitled: ["群组改名为“{title}”", "The group is now called “{title}”"],
  upgraded: ["群组已升级为超级群组", "The group was upgraded to a supergroup"],
  pinned: ["一条消息被置顶", "A message was pinned"],
  unknownMessage: ["此页面不会显示的消息：{kinds}", "A message this page cannot show: {kinds}"],
  start: ["开始", "Start"],
  startHint: ["还没有消息。按“开始”向机器人打招呼。", "No messages yet. Press “Start” to greet the bot."],
  emptyGroup: ["还没有消息。", "No messages yet."],
  newBelow: ["{n} 条新消息", "{n} new"],
  toBottom: ["跳到最新消息", "Jump to the newest message"],
  unread: ["{n} 条未读", "{n} unread"],
  lost: ["与沙箱的连接断开，正在重连…", "Connection to the sandbox lost, reconnecting…"],
  failed: ["没有成功：{why}", "That did not work: {why}"],
  offline: ["沙箱没有回应", "the sandbox does not answer"],
  traffic: ["模拟订单流量", "Shop traffic"],
  noTraffic: ["此进程没有流量模拟器", "This process has no traffic maker"],
  faults: ["故障注入", "Faults"],
  noFaults: ["目前没有注入故障，一切正常。", "No faults are set; everything works."],
  clearFaults: ["全部清除", "Clear all"],
  addFault: ["添加故障", "Add fault"],
  faultMethod: ["方法", "Method"],
  faultKind: ["现象", "What happens"],
  faultChat: ["聊天", "Chat"],
  anyChat: ["所有聊天", "Any chat"],
  faultTimes: ["次数", "Times"],
  faultDelay: ["延迟（毫秒）", "Delay (ms)"],
  faultAfter: ["先执行再出错（答复丢失）", "Do the work first, then fail (the answer is lost)"],
  kind429: ["429 请求过多，3 秒后重试", "429 too many requests, retry after 3 s"],
  kind403: ["403 被用户屏蔽", "403 blocked by the user"],
  kind400: ["400 找不到聊天", "400 chat not found"],
  kind500: ["500 服务器内部错误", "500 internal server error"],
  kindDrop: ["连接中断", "connection dropped"],
  kindSlow: ["只是变慢", "only slow"],
  timesLeft: ["还剩 {n} 次", "{n} left"],
  more: ["更多", "More"],
  block: ["屏蔽机器人", "Block the bot"],
  unblock: ["解除屏蔽", "Unblock the bot"],
  blocked: ["{name} 已屏蔽机器人，收不到也发不出私聊消息。", "{name} has blocked the bot: no private messages either way."],
  upgrade: ["升级为超级群组", "Upgrade to a supergroup"],
  today: ["今天", "Today"],
  asWhom: ["以谁的身份打开这个链接？", "Open this link as whom?"],
  you: ["你", "You"],
  newFrom: ["{name}：{text}", "{name}: {text}"],
  roleOwner: ["老板", "Owner"],
  roleCs: ["客服", "Customer service"],
  roleCsLead: ["客服主管", "Service lead"],
  roleWarehouse: ["仓库", "Warehouse"],
  rolePicker: ["拣货", "Picker"],
  roleChecker: ["复核", "Checker"],
  rolePacker: ["打包", "Packer"],
  roleDispatcher: ["发货", "Dispatcher"],
  roleReceiver: ["收货", "Receiver"],
  roleFinance: ["财务", "Finance"],
  roleBuyer: ["采购", "Purchasing"],
  roleStranger: ["陌生人", "Stranger"],
};

const ROLES = {
  owner: "roleOwner", cs: "roleCs", cs_lead: "roleCsLead", warehouse: "roleWarehouse", picker: "rolePicker",
  checker: "roleChecker", packer: "rolePacker", dispatcher: "roleDispatcher", receiver: "roleReceiver",
  finance: "roleFinance", buyer: "roleBuyer", stranger: "roleStranger",
};

const STORED = "xiaoer-language";
const known = (language) => (language === "zh" || language === "en" ? language : null);
let language = known(localStorage.getItem(STORED)) || (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");

const locale = () => (language === "zh" ? "zh-CN" : "en-GB");

export function t(key, values = {}) {
  const pair = WORDS[key];
  if (!pair) throw new Error(`no words for ${key}`);
  return pair[language === "zh" ? 0 : 1].replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** A role of the cast in words; a role this page does not know is shown as the server names it. */
export const roleName = (role) => (role in ROLES ? t(ROLES[role]) : role || t("roleStranger"));

export function switchLanguage() {
  language = language === "zh" ? "en" : "zh";
  localStorage.setItem(STORED, language);
}

/** Fills every element with data-i18n (text) and data-i18n-attr="attribute:key ..." below `root`. */
export function translate(root = document) {
  document.documentElement.lang = locale();
  document.title = t("title");
  for (const node of root.querySelectorAll("[data-i18n]")) node.textContent = t(node.dataset.i18n);
  for (const node of root.querySelectorAll("[data-i18n-attr]")) {
    for (const pair of node.dataset.i18nAttr.split(" ")) {
      const [attribute, key] = pair.split(":");
      node.setAttribute(attribute, t(key));
    }
  }
}

const clocks = new Map();
function clock(name, options) {
  const key = `${language}-${name}`;
  if (!clocks.has(key)) clocks.set(key, new Intl.DateTimeFormat(locale(), options));
  return clocks.get(key);
}

/** Telegram's dates are Unix seconds; shown in the browser's zone. */
export const timeOf = (seconds) => clock("time", { hour: "2-digit", minute: "2-digit" }).format(seconds * 1000);
export function dayOf(seconds) {
  const date = new Date(seconds * 1000);
  if (date.toDateString() === new Date().toDateString()) return t("today");
  return clock("day", { day: "numeric", month: "long", weekday: "short" }).format(date);
}
