"""The words by which a note speaks of a courier: tables, and the patterns made of them (rules.md B6).

Surprising: the rule is one of place. What stands right before the courier's name decides, with only verbs and
particles between (不要|给我发|圆通), else what stands right behind it (圆通|这边|到不了|哦). Anything with an object
of its own breaks it: 不要发票 and 圆通不要放门口 say nothing of the courier. `Matching` has the words a company may
change.
"""

import re


def any_of(words: str) -> str:
    """The alternatives of a table; longest first, so that none hides another."""
    return "|".join(sorted((re.escape(word) for word in words.split()), key=len, reverse=True))


def _particles(words: str) -> str:
    return rf"(?:{any_of(words)}){{0,6}}"


_STOPS = r"\s，,。.!！?？；;、~"
ENDS = rf"(?=$|[{_STOPS}])"
KIND = r"(?:快递|快运|速运|速递|物流| express)?"

# Before the name: what may stand between the word and it.
_ENGLISH = "it me us my the order package send ship deliver use using want like accept with by via to any be"
FILLER = (
    r"(?:[\s:：请给我个只走发寄用使采要能可以想需许准得止绝收接受选择考虑建议再是让成为支持同意愿允方便喜欢推荐继续送派到通]{0,6}"
    rf"|\s(?:(?:{any_of(_ENGLISH)}) ){{0,6}})"
)
_SAME = "能可要是好行"
QUESTION = rf"(?:(?<![{_SAME}])|{'|'.join(f'(?<={one})(?!不{one})' for one in _SAME)})"
"""Where a 不 is one that rules out: in 能不能发顺丰 it asks."""

# Nobody is asked for or ruled out: what need not be, what is asked, what is denied, what is done with a parcel.
_NEEDLESS = "不一定 未必 不必 不用非 不用发 不用寄 不需要发 无需发 没必要 无所谓 不介意 除非"
_DENIED = "没说 不只 不止 不光 不单 不仅 没光 取消 删除 扣除 清除 免除 解除 别不"
_TWICE = r"(?<![能要可])[不没][是说会要能]?不[要能想会用]?"
_WHETHER = r"[发用走寄]不[发用走寄]|是不是|是否|(?:怎么|为什么|为何|为啥)[又还老总]?[不没]?是?"
_IF = r"\b(?:not only|if (?:it's |it is )?(?:not|no)|unless|why(?: not)?)\b"
MAYBE = re.compile(rf"(?:{any_of(_NEEDLESS)}|{any_of(_DENIED)}|{_WHETHER}|{_TWICE}|{_IF}){FILLER}$")

# Behind the name: who says it, how much, the word, and what may follow it.
_WHO = "这里 这边 这儿 那边 我们这 我们 我 他们 就 都 一律 全部 真的 绝对 实在 坚决 最好 千万 请 也 还是 快递"
WHO = rf"\s?{_particles(_WHO)}\s?"
_SO = _particles("的 了 啦 哦 哈 呀 啊 吧 呢 谢谢 快递 please pls")
_ONWARD = rf"{_SO}(?:{ENDS}|(?=[换改请]))"
_NOT_THEM = (
    "除外 不行 不可以 不可 不考虑 不建议 不推荐 不喜欢 不想要 不接受 不支持 不允许 不方便 不方便取 不方便收 不方便拿"
    " 不同意 算了 就算了 免 免了 谢绝 拒绝 拒收 禁发 禁用 停发 停运 停用 没有"
)
_NOT = "不要 不想 不能 不用 别 勿 不 禁止 避免"
_VERBS = "使用 采用 配送 发货 发 用 寄 送 选 走 收件 收货 收 接收 接"
_NOT_ENGLISH = r"(?:is |are )?(?:excluded|not (?:accepted|ok|okay|allowed|welcome))"
BUT_NOT = re.compile(
    rf"{KIND}{WHO}(?:{any_of(_NOT_THEM)}|(?:{any_of(_NOT)})(?:{any_of(_VERBS)})?|\s?{_NOT_ENGLISH}){_ONWARD}"
)
_THERE = (
    "我们 我 这 那 里 边 儿 村 镇 乡 县 家 小区 地区 网点 站点 服务 服务区 区 范围 覆盖 派送 派件 使用 送达 到达"
    " 送 派 发 用 寄 走 收 取 到 达 件 here there us"
)


def absent(words: str) -> "re.Pattern[str]":
    """Behind a name: one of the words for a courier that does not come (a pattern), and to what place."""
    return re.compile(rf"{KIND}{WHO}(?:{words})(?:(?:{any_of(_THERE)})|\s|to ){{0,8}}{_ONWARD}")


OUTSIDE = re.compile(rf"{KIND}(?:以外|之外)")
SENDS = re.compile(rf"{KIND}\s?(?:(?:发货|发|寄|优先|首选|最好|到付)(?:吧|哦|哈|谢谢)?|吧|谢谢|please|pls|only){ENDS}")
ASKED = re.compile(rf"{KIND}的?\s?(?:吗|么|嘛|[?？])")
"""用圆通吗 asks what it is; with a `MODAL` before it (能发顺丰吗) it asks for it."""
MODAL = re.compile(r"能|可|要不|麻烦|请|希望|can|could|please|would")
ABOUT = re.compile(rf"{KIND}(?:到付|[买卖]|账号|编码|单号|客服|员|小哥|的(?!话|[{_STOPS}]|$))")
"""Something else than the courier itself: 不要顺丰到付, 不是京东买的."""
TORN = re.compile(r"(?:不要|别|勿|不)(?:发|用|走|寄|选)")
"""Between two names it may belong to either: 圆通不要发顺丰."""
PREDICATE = re.compile(rf"{KIND}(?:不?要|不?收|不?行|不?可以){ENDS}")
ALL_BUT = re.compile(r"[^，,。.!！；;\n]*(?:不|别|勿|拒)")
"""除了顺丰都不要 asks for it."""
THREAT = re.compile(
    rf"{KIND}(?:的话|的)?[\s，,]{{0,2}}(?:那我|我|那)?(?:就|直接|一律|马上|立马)(?:会|要|直接|申请|给你?)*"
    r"(?:退|拒|不要|不收|不买|不签|别发|不用发|差评|投诉|取消|举报)"
    r"|[\s,]*(?:and |then )?(?:i|we)(?:'ll| will)? (?:return|refund|cancel|refuse|reject)"
    r"|[\s,]*no (?:order|deal)"
)
"""What happens if: it turns what stands before into its opposite. 不发顺丰就退货 asks for it, 发圆通我就退 does not."""
NOTHING_ELSE = re.compile(rf"{KIND}(?:的)?(?:都|一律|我)?(?:不|别|勿)(?:要|收|发|寄|买|签)?(?:货|件|了)?{ENDS}")
UNLESS = re.compile(r"(?:不是|非|没有)\s?$")
"""非顺丰不收 asks for it."""
EITHER = frozenset({"不发", "不用", "不走", "没有"})
"""不发顺丰不要: nothing at all, or nothing else?"""
ELSE = re.compile(
    rf"{KIND}(?:不到|到不了|送不到|不派|不送|不通|没有)?(?:的话)?[\s，,]?就(?:发|用|走|寄|换|选)"
    r"|(?: is)?(?: available| possible)?[, ]+(?:then|otherwise)\b"
)
"""What instead, if not: 没有顺丰就发中通 would rather have it."""
ALSO = re.compile(rf"{KIND}(?:的话)?也(?:行|可|没|好|能)")
"""不发顺丰也行."""
