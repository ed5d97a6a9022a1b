"""Functional areas (新区, 开发区) and Hong Kong without its name: read where they lie, held where nobody can say."""

import pytest

from domain.addresses.addresses import divide, parse
from domain.addresses.characters import simplified
from domain.addresses.divisions import FULL, LOCAL, Division

READ = """\
河南省郑州市航空港区新港大道1号|河南省|郑州市|郑州航空港经济综合实验区|新港大道1号
河南郑州航空港区新港大道1号|河南省|郑州市|郑州航空港经济综合实验区|新港大道1号
河南省航空港区新港大道1号|河南省|郑州市|郑州航空港经济综合实验区|新港大道1号
河南省 郑州市 航空港区 新港大道1号|河南省|郑州市|郑州航空港经济综合实验区|新港大道1号
【河南省】郑州市（航空港区）新港大道1号|河南省|郑州市|郑州航空港经济综合实验区|新港大道1号
(浙江省)杭州市(西湖区)文三路(1号)|浙江省|杭州市|西湖区|文三路(1号)
鄭州航空港區新港大道1號|河南省|郑州市|郑州航空港经济综合实验区|新港大道1號
河南省郑州市新郑市航空港区1号|河南省|郑州市|新郑市|航空港区1号
青岛西海岸新区长江中路1号|山东省|青岛市|黄岛区|长江中路1号
山东省西海岸新区滨海大道1号|山东省|青岛市|黄岛区|滨海大道1号
山东省青岛市青岛西海岸新区1号|山东省|青岛市|黄岛区|1号
山东省青岛市西海岸新区黄岛区1号|山东省|青岛市|黄岛区|1号
江西省赣江新区儒乐湖大街1号|江西省|南昌市|赣江新区|儒乐湖大街1号
江西赣江新区永修县马口镇1号|江西省|九江市|永修县|马口镇1号
江西省赣江新区共青组团1号|江西省|九江市|赣江新区|共青组团1号
两江新区金开大道1号|重庆市|重庆市|两江新区|金开大道1号
重庆两江新区渝北区人和街道1号|重庆市|重庆市|渝北区|人和街道1号
西咸新区沣东新城1号|陕西省|西安市|西咸新区|沣东新城1号
陕西省西咸新区渭城区正阳街道1号|陕西省|咸阳市|渭城区|正阳街道1号
陕西省西咸新区秦汉新城渭城区1号|陕西省|咸阳市|西咸新区|秦汉新城渭城区1号
西安市国际港务区港务大道1号|陕西省|西安市|国际港务区|港务大道1号
四川天府新区兴隆街道1号|四川省|成都市|天府新区|兴隆街道1号
四川天府新区视高街道1号|四川省|眉山市|天府新区|视高街道1号
四川省眉山市天府新区1号|四川省|眉山市|天府新区|1号
成都东部新区1号|四川省|成都市|东部新区|1号
苏州新区狮山路1号|江苏省|苏州市|虎丘区|狮山路1号
苏州工业园区星湖街1号|江苏省|苏州市|苏州工业园区|星湖街1号
无锡新区1号|江苏省|无锡市|新吴区|1号
江苏省江北新区浦滨路1号|江苏省|南京市|江北新区|浦滨路1号
南京江北新区浦口区1号|江苏省|南京市|浦口区|1号
徐州新城区1号|江苏省|徐州市|新城区|1号
昆山开发区前进东路1号|江苏省|苏州市|昆山市|前进东路1号
江苏省南通市通州湾示范区1号|江苏省|南通市|通州湾示范区|1号
浙江省杭州湾新区滨海四路1号|浙江省|宁波市|杭州湾新区|滨海四路1号
台州湾新区1号|浙江省|台州市|台州湾新区|1号
绍兴滨海新区1号|浙江省|绍兴市|滨海新区|1号
浙江省舟山群岛新区定海区1号|浙江省|舟山市|定海区|1号
天津经济技术开发区第一大街1号|天津市|天津市|天津经济技术开发区|第一大街1号
天津滨海新区第一大街1号|天津市|天津市|滨海新区|第一大街1号
中国（上海）自由贸易试验区张衡路1号|上海市|上海市|上海自由贸易试验区|张衡路1号
上海自贸区浦东新区张衡路1号|上海市|上海市|浦东新区|张衡路1号
上海临港新片区1号|上海市|上海市|临港新片区|1号
河北雄安新区容东片区1号|河北省|保定市|雄安新区|容东片区1号
雄安新区雄县1号|河北省|保定市|雄县|1号
贵州贵安新区平坝区1号|贵州省|安顺市|平坝区|1号
湖南湘江新区岳麓西大道1号|湖南省|长沙市|湘江新区|岳麓西大道1号
福建省泉州市台商投资区1号|福建省|泉州市|台商投资区|1号
漳州台商投资区龙海区1号|福建省|漳州市|龙海区|1号
哈尔滨新区松北区1号|黑龙江省|哈尔滨市|松北区|1号
福州新区1号|福建省|福州市|福州新区|1号
威海高区文化西路1号|山东省|威海市|威海火炬高技术产业开发区|文化西路1号
广东省汕尾市深汕特别合作区1号|广东省|汕尾市|深汕特别合作区|1号
横琴粤澳深度合作区1号|广东省|珠海市|横琴新区|1号
杨凌示范区邰城路1号|陕西省|咸阳市|杨陵区|邰城路1号
沈抚新区汪家街道1号|辽宁省|沈阳市|沈抚新区|汪家街道1号
九龙旺角弥敦道1号|香港特别行政区|九龙||旺角弥敦道1号
九龍旺角彌敦道1號|香港特别行政区|九龙||旺角彌敦道1號
新界沙田正街1号|香港特别行政区|新界|沙田区|正街1号
新界 沙田 正街1号|香港特别行政区|新界|沙田区|正街1号
九龙观塘区开源道1号|香港特别行政区|九龙|观塘区|开源道1号
香港岛中环德辅道中1号|香港特别行政区|香港岛||中环德辅道中1号
香港岛铜锣湾轩尼诗道1号|香港特别行政区|香港岛||铜锣湾轩尼诗道1号
四川省九龙县呷尔镇1号|四川省|甘孜藏族自治州|九龙县|呷尔镇1号"""

HELD = """\
四川省天府新区1号|city:ambiguous:天府新区
辽宁省沈抚新区1号|city:ambiguous:沈抚新区
江北新区1号|province:missing: city:missing: district:missing:
滨海新区1号|province:missing: city:missing: district:missing:
高新区1号|province:missing: city:missing: district:missing:
工业园区1号|province:missing: city:missing: district:missing:
新城区1号|city:ambiguous:新城区
安徽省江北新区1号|city:missing: district:missing:
四川省东部新区1号|city:missing: district:missing:
江苏省新城区1号|district:not_in_province:新城区
四川省天府新区南充市高坪区1号|city:contradicted:南充市 city:ambiguous:天府新区
辽宁省金普新区铁西区1号|district:contradicted:铁西区
九龙大道1号|province:missing: city:missing: district:missing:
九龙塘1号|province:missing: city:missing: district:missing:
新界西路1号|province:missing: city:missing: district:missing:"""


@pytest.mark.parametrize("case", READ.splitlines())
def test_read(case: str) -> None:
    text, *told = case.split("|")
    place = parse(text)
    assert [place.province, place.city, place.district, place.detail] == told
    assert place.faults == ()


@pytest.mark.parametrize("case", HELD.splitlines())
def test_nobody_guesses(case: str) -> None:
    text, faults = case.split("|")
    assert " ".join(f"{fault.field}:{fault.why}:{fault.told}" for fault in parse(text).faults) == faults


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        (("江西省", "赣江新区", "", "儒乐湖大街1号"), ("江西省", "南昌市", "赣江新区", "儒乐湖大街1号")),
        (("重庆市", "重庆市", "两江新区", "渝北区人和街道1号"), ("重庆市", "重庆市", "渝北区", "人和街道1号")),
        (("山东", "青岛", "青岛西海岸新区", "1号"), ("山东省", "青岛市", "黄岛区", "1号")),
        (("河南省", "郑州市", "航空港区", "1号"), ("河南省", "郑州市", "郑州航空港经济综合实验区", "1号")),
        (("四川省", "成都市", "东部新区", "1号"), ("四川省", "成都市", "东部新区", "1号")),
        (("香港", "九龙", "旺角", "1号"), ("香港特别行政区", "九龙", "", "旺角 1号")),
    ],
)
def test_columns(columns: tuple[str, str, str, str], told: tuple[str, str, str, str]) -> None:
    place = divide(*columns)
    assert (place.province, place.city, place.district, place.detail) == told
    assert place.faults == ()


def test_every_zone_is_in_one_city_by_the_name_that_bears_it() -> None:
    zones: set[Division] = {place for places in FULL.values() for place in places if place.zone}
    assert len(zones) > 70
    assert {place.district for place in zones if len(place.district) < 3} == set()
    assert [name for name in LOCAL if simplified(name) != name or name not in FULL] == []
    assert "新城区" not in LOCAL and "江北新区" in LOCAL and "两江新区" not in LOCAL
