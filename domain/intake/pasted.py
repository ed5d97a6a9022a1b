"""A receiver out of a message: name, phone and address as a customer sends them, in any order, labelled or not.

Surprising: it either understands every word or returns None. A piece that might be a name or part of the street is
never dropped and never guessed at: the person is asked for lines with labels instead. Rule source: formats.md 6.
"""

import re
from dataclasses import dataclass

from domain.addresses import phones
from domain.addresses.addresses import Place, divide, parse
from domain.addresses.characters import either, simplified
from domain.addresses.place_names import FIELDS

LONGEST = 600

_LABELS = {
    "name": "收货人姓名|收货人|收件人姓名|收件人|联系人|姓名|名字|name|receiver",
    "phone": "收货人电话|手机号码|手机号|联系电话|联系方式|联系手机|电话号码|手机|电话|phone|mobile|tel",
    "region": "所在地区|所在区域|省市区|地区|区域|region",
    "address": "收货地址|收件地址|详细地址|联系地址|街道地址|街道|地址|新地址|地址改成|地址改为|address",
    "zip": "邮政编码|邮编|postcode|zip",
}
_LABEL_OF = {word: field for field, words in _LABELS.items() for word in words.split("|")}
_LABEL_WORDS = sorted(_LABEL_OF, key=len, reverse=True)
_LABELLED = "|".join(map(either, _LABEL_WORDS))
_LABEL = re.compile(rf"(?<![^\W_])({_LABELLED})\s*[:：]\s*", re.IGNORECASE)
_BARE_LABEL = re.compile(rf"(?<!\S)({_LABELLED})(?!\s*[:：])\s*", re.IGNORECASE)
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}  # full width to half
_ZIP_LINE = re.compile(r"[0-9]{6}")
_NUMBER = (
    r"(?<![\d*])(?:(?:\+|00)?86[- ]?)?"
    r"(?:1[3-9]\d[- ]?\d{4}[- ]?\d{4}|\+85[23][- ]?\d{4}[- ]?\d{4}|\+886[- ]?\d{1,3}[- ]?\d{3}[- ]?\d{3,4}|"
    r"0[1-9]\d{1,2}[- ]?\d{7,8}|(?=[\d*]{11})1[\d*]*\*{2,}[\d*]*)"
    r"(?:\s?(?:[-–—_]|转|#)\s?\d{1,6}|[,，]\d{3,6}(?=\s*(?:[,，;；\s]|$)))?(?![\d*])"
)
_PHONE = re.compile(rf"{_NUMBER}(?:\s*(?:[/、;；|]|或者?)\s*{_NUMBER})*")  # 13800001111/13900002222
_BREAK = re.compile(r"[\n\r\t,，;；、|丨]+")
_SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞"
    "熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫房裘缪干解应宗丁宣邓郁单杭"
    "洪包诸左石崔吉龚程邢裴陆荣翁荀羊惠甄曲封储靳段焦侯宓全班仰秋仲伊宫宁仇栾甘厉戎祖武符刘景詹束龙叶幸司黎薄印白怀蒲邰鄂索"
    "赖卓屠蒙池乔阴闻党翟谭贡劳姬申扶冉宰桑桂牛寿通边燕冀浦尚农温别庄晏柴瞿阎连习艾鱼容向古易廖终暨居衡步都耿满弘匡国文寇广禄"
    "东欧沃利越隆师巩聂晁勾敖融冷辛阚那简饶曾沙丰巢关相查红游权盖益桓公肖付闫代覃佟佘"
)
_TWO_SURNAMES = (
    "欧阳",
    "司马",
    "上官",
    "诸葛",
    "夏侯",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "长孙",
    "宇文",
    "司徒",
    "令狐",
)
_TITLE = ("先生", "女士", "小姐", "老师", "阿姨", "师傅")
_NOT_A_NAME = frozenset("省市区县镇乡村路街道巷弄里号栋幢座楼层室户园苑院城店厦场校站组队门口旁边内外库厂桥港湾府轩庭")
_ASKING = frozenset("请麻烦改谢您你帮寄发送给到换")
_AT_END = re.compile(r"(?<=[号室栋幢楼座层户])([\u4e00-\u9fff]{2,3})$")


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a message told: '' for a name or phone it does not mention. `place` always has its city and street."""

    name: str
    phone: str
    place: Place


def looks_like_name(text: str) -> bool:
    """A surname and a given name whose end ends no place; or a name with a title, or in Latin letters. Not what
    people say around an address (麻烦改到)."""
    bare = simplified(text.strip())
    for title in _TITLE:
        if bare.endswith(title) and len(bare) in range(len(title) + 1, len(title) + 4):
            return True
    if re.fullmatch(r"[\u3400-\u9fff]{1,8}(?:[·•・][\u3400-\u9fff]{1,8})+", bare):  # 买买提·艾合买提
        return True
    if re.fullmatch(r"[A-Za-z]+(?:[ .'-][A-Za-z]+){0,3}", bare):
        return True
    base = re.sub(r"[\[【(（]\d{1,6}[\])）】]$", "", bare)
    han = re.fullmatch(r"[\u3400-\u9fff·]{2,4}", base) is not None
    if not han or base[-1] in _NOT_A_NAME or not _ASKING.isdisjoint(base):
        return False
    if base[0] in "小老阿" and len(base) == 2:
        base = base[1:]
    return base.startswith(_TWO_SURNAMES) or (base[0] in _SURNAMES and len(base) < 4)


def read(text: str) -> Pasted | None:
    """The receiver of a message, or None when it has no address or any word of it has no place."""
    told = text.translate(_WIDE).strip()
    if not told or len(told) > LONGEST:
        return None
    found = list(_PHONE.finditer(told))
    if len({phones.numbers(match[0]) for match in found}) > 1:
        return None
    phone = "/".join(one.text for one in phones.numbers(found[0][0])) if found else ""
    bare = _PHONE.sub("\x00", told)
    return _sorted(_BARE_LABEL.sub(lambda label: _bare_label(bare, label), bare), phone)


def _pieces(text: str) -> list[tuple[str, str, bool]]:
    """(label or '', piece, whether it stands at an edge or beside the phone) in their order."""
    parts: list[tuple[str, str]] = []
    for block in text.replace("\x00", "\n\x00\n").split("\n"):
        label, at = "", 0
        for match in [*_LABEL.finditer(block), None]:
            end = match.start() if match else len(block)
            parts += [(label, part) for one in _BREAK.split(block[at:end]) if (part := one.lstrip(":").strip(" 。.-"))]
            if match:
                label, at = _label(match), match.end()
    edge = {0, len(parts) - 1}
    for number, (_, part) in enumerate(parts):
        if part == "\x00":
            edge |= {number - 1, number + 1}
    return [(label, part, number in edge) for number, (label, part) in enumerate(parts) if part != "\x00"]


def _label(found: re.Match[str]) -> str:
    return _LABEL_OF[simplified(found[1]).lower()]


def _bare_label(text: str, found: re.Match[str]) -> str:
    """A label without a colon (电话13800001234, 地址浙江省…) is left out when what it says does follow."""
    field, rest = _label(found), text[found.end() :].split()[:1]
    if field == "phone":
        says = bool(rest) and rest[0].startswith("\x00")
    elif field == "name":
        says = bool(rest) and looks_like_name(rest[0].partition("\x00")[0])
    else:
        says = _begins(rest)
    return "" if says else found[0]


def _sorted(text: str, phone: str) -> Pasted | None:
    """Give every piece its place: first what labels say, then addresses, then names."""
    names: list[str] = []
    street: list[str] = []
    code = ""
    for label, piece, edge in _pieces(text):
        if label == "zip" or (not label and _ZIP_LINE.fullmatch(piece)):
            code = piece
        elif label == "name":
            names.append(piece)
        elif label in ("address", "region"):
            street.append(piece)
        elif label == "phone" or ":" in piece:
            return None
        elif edge and not names and looks_like_name(piece) and not parse(piece).city:
            names.append(piece)
        else:
            person, where = _apart(piece, edge and not names, bool(street))
            names += person
            street += where
            if not person and not where:
                return None
    return _whole(names, phone, street, code)


def _apart(piece: str, may_name: bool, started: bool) -> tuple[list[str], list[str]]:
    """(name, address) of a piece that may hold both: `张三 浙江省杭州市…`, `浙江省…1号 张三`, `…1号张三`."""
    words = piece.split()
    start = next((at for at in range(len(words)) if _begins(words[at : at + 1])), None)
    if start is None:
        return ([], [piece]) if started else ([], [])
    person, rest = words[:start], words[start:]
    if person:
        named = " ".join(person)
        return ([named], [" ".join(rest)]) if may_name and looks_like_name(named) else ([], [])
    if may_name and len(rest) > 1 and looks_like_name(rest[-1]) and not parse(rest[-1]).city:
        return [rest[-1]], [" ".join(rest[:-1])]
    tail = _AT_END.search(simplified(piece))
    if may_name and tail and looks_like_name(tail[1]):
        return [piece[tail.start() : tail.end()]], [piece[: tail.start()]]
    return [], [piece]


def _begins(words: list[str]) -> bool:
    place = parse(words[0] if words else "")
    return bool(place.province or place.city or place.district)


def _whole(names: list[str], phone: str, street: list[str], code: str) -> Pasted | None:
    if len(names) > 1:
        return None
    place = divide("", "", "", " ".join(street), code)
    if not place.city or not place.detail:
        return None
    return Pasted(names[0] if names else "", phone, place)


def told_fields(pasted: Pasted) -> dict[str, str]:
    """The receiver's fields it replaces, by name. An address replaces the old one whole, also what it leaves empty."""
    place = pasted.place
    fields = {name: getattr(place, name) for name in FIELDS}
    fields |= {"address": place.detail, "zip": place.zip}
    return fields | {name: told for name, told in (("name", pasted.name), ("phone", pasted.phone)) if told}
