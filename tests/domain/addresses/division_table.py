"""Makes domain/addresses/divisions.txt from modood's: `python -m tests.domain.addresses.division_table pca-code.json`.

Surprising: what the source files under 市辖区, 县 or 省直辖县级行政区划 is written as people and couriers write it (the
municipality as its own city, the province-run county as a city), and Hong Kong, Macau and Taiwan, which the source
does not have, are added here.
"""

import json
import sys
from pathlib import Path
from typing import TypedDict

HEAD = """\
# Provinces, cities and districts of China: code|province|city|district,district,...   One city a line.
# Made by tests/domain/addresses/division_table.py; change that, not this. Why: docs/decisions/0008-division-table.md
# Source: github.com/modood/Administrative-divisions-of-China, pca-code.json (2023 codes), licence WTFPL version 2.
# Hong Kong, Macau and Taiwan are ours, with made-up city codes, because that table does not have them.
"""
COUNTIES = ("省直辖县级行政区划", "自治区直辖县级行政区划")
SINCE = {("653200", "和田地区"): ("和安县", "和康县")}  # founded in December 2024, after the source
BEYOND = """\
7101|台湾省|台北市|
7102|台湾省|新北市|
7103|台湾省|桃园市|
7104|台湾省|台中市|
7105|台湾省|台南市|
7106|台湾省|高雄市|
7107|台湾省|基隆市|
7108|台湾省|新竹市|
7109|台湾省|嘉义市|
7110|台湾省|新竹县|
7111|台湾省|苗栗县|
7112|台湾省|彰化县|
7113|台湾省|南投县|
7114|台湾省|云林县|
7115|台湾省|嘉义县|
7116|台湾省|屏东县|
7117|台湾省|宜兰县|
7118|台湾省|花莲县|
7119|台湾省|台东县|
7120|台湾省|澎湖县|
7121|台湾省|金门县|
7122|台湾省|连江县|
8101|香港特别行政区|香港岛|中西区,湾仔区,东区,南区
8102|香港特别行政区|九龙|油尖旺区,深水埗区,九龙城区,黄大仙区,观塘区
8103|香港特别行政区|新界|荃湾区,屯门区,元朗区,北区,大埔区,西贡区,沙田区,葵青区,离岛区
8201|澳门特别行政区|澳门半岛|花地玛堂区,圣安多尼堂区,大堂区,望德堂区,风顺堂区
8202|澳门特别行政区|离岛|嘉模堂区,圣方济各堂区,路氹城
"""


class Area(TypedDict, total=False):
    """One node of the source."""

    code: str
    name: str
    children: list["Area"]


def table(provinces: list[Area]) -> str:
    """The file's text."""
    lines: list[str] = []
    for province in provinces:
        own: list[str] = []
        for city in province["children"]:
            names = [area["name"] for area in city.get("children", [])]
            if city["name"] in COUNTIES:
                lines += [f"{area['code']}|{province['name']}|{area['name']}|" for area in city["children"]]
            elif city["name"] in ("市辖区", "县"):
                own += names
            else:
                names += SINCE.get((f"{city['code']}00", city["name"]), ())
                lines.append(f"{city['code']}|{province['name']}|{city['name']}|{','.join(names)}")
        if own:
            lines.append(f"{province['code']}|{province['name']}|{province['name']}|{','.join(own)}")
    return HEAD + "\n".join(lines) + "\n" + BEYOND


if __name__ == "__main__":
    sys.stdout.write(table(json.loads(Path(sys.argv[1]).read_bytes())))
