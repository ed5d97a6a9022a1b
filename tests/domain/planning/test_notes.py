"""What a note says of couriers: asks for one, rules some out, both, or nothing that one may act on.

Surprising: where a note can be read two ways nothing is expected; the message holds the order, and a person reads it.
"""

import pytest

from domain.planning.wishes import Note, parse_note
from domain.policy.policy_sections import Matching

RULES = Matching()

ASKS = """\
能发顺丰吗|SF
能不能发顺丰|SF
可以发顺丰吗|SF
发顺丰可以吗|SF
不是顺丰不要|SF
非顺丰不要|SF
除了顺丰都不要|SF
除顺丰外都不收|SF
除顺丰外一律拒收|SF
除顺丰外拒收|SF
只发顺丰|SF
只要顺丰|SF
只能顺丰|SF
只能发顺丰|SF
一定要顺丰|SF
一定发顺丰|SF
一定要发顺丰|SF
务必发顺丰|SF
请发顺丰|SF
请用顺丰|SF
麻烦发顺丰|SF
希望发顺丰|SF
尽量发顺丰|SF
可以的话发顺丰|SF
不要发错，发顺丰|SF
不要发错了，用顺丰|SF
不着急，发顺丰就行|SF
别弄坏了，用顺丰|SF
不用发票，发顺丰|SF
不要放门口，发顺丰|SF
圆通太慢，发顺丰|SF
发顺丰不要发票|SF
发顺丰，别放驿站|SF
发顺丰别放驿站|SF
能换成顺丰吗|SF
换成顺丰|SF
改成顺丰|SF
改发顺丰|SF
由圆通改为顺丰|SF
圆通改顺丰|SF
圆通换成顺丰|SF
no SF available then DHL|SF
can you ship with SF?|SF
顺丰不贵的话发顺丰|SF
圆通不好，换中通|ZTO
不要发票用圆通|YTO
取消圆通换顺丰|SF
除夕前发顺丰|SF
圆通不能发就发顺丰|SF
圆通到不了就发顺丰|YTO
发顺丰或者京东|SF
只能收中通|ZTO
只能收到邮政|EMS
用顺丰别的不要|SF
非顺丰勿发|SF
非顺丰不发|SF
除顺丰不收|SF
only SF|SF
no SF no order|SF
no problem, use SF|SF
don't worry, use SF|SF
do not use plastic, ship with SF|SF
不急用顺丰|SF
不差钱发顺丰|SF
无论如何发顺丰|SF
用不了多久，发顺丰|SF
取消发票发顺丰|SF
停电了，发顺丰|SF
讨厌慢，发顺丰|SF
不行就发顺丰|SF
圆通不行就发顺丰|SF
不行换圆通|YTO
实在不行发圆通|YTO"""

RULES_OUT = """\
圆通除外|YTO
除圆通|YTO
除圆通外|YTO
除圆通外都可以|YTO
除圆通以外都行|YTO
除了圆通其他都可以|YTO
除中通圆通外都行|YTO,ZTO
谢绝圆通|YTO
极兔不行|JT
极兔不可以|JT
无法使用圆通|YTO
不支持用顺丰|SF
发不了中通|ZTO
用不了中通|ZTO
收不到圆通|YTO
中通发不了|ZTO
别用圆通|YTO
千万别发圆通|YTO
千万不要发圆通|YTO
不收韵达|YD
韵达不收|YD
韵达拒收|YD
拒收韵达|YD
no YTO|YTO
No yto please|YTO
anything but SF|SF
any courier except SF|SF
not SF|SF
don't send by YTO|YTO
do not use YTO|YTO
YTO not accepted|YTO
YTO does not deliver here|YTO
can't use SF|SF
cannot ship with DHL|DHL
顺丰可以，圆通不行|YTO
圆通不行，顺丰可以|YTO
可以不发圆通吗|YTO
圆通快递除外|YTO
圆通、中通除外|YTO,ZTO
圆通和中通不行|YTO,ZTO
圆通中通都不要|YTO,ZTO
圆通跟韵达不要发|YD,YTO
禁止发圆通|YTO
禁发圆通|YTO
禁用圆通|YTO
圆通禁发|YTO
切勿发圆通|YTO
请勿发圆通|YTO
拒绝圆通|YTO
避免圆通|YTO
杜绝圆通|YTO
抵制圆通|YTO
不想要圆通|YTO
不喜欢圆通|YTO
讨厌圆通|YTO
不考虑圆通|YTO
圆通不考虑|YTO
圆通不用|YTO
不用圆通|YTO
不能用圆通|YTO
不可用圆通|YTO
不准用圆通|YTO
不许发圆通|YTO
不得使用圆通|YTO
不方便收圆通|YTO
圆通不方便|YTO
圆通不方便取|YTO
圆通收不到|YTO
圆通到不了|YTO
圆通送不到|YTO
圆通不派送|YTO
圆通不能发|YTO
圆通不能到|YTO
圆通停发|YTO
圆通停运|YTO
圆通没有|YTO
这里没有圆通|YTO
这里没圆通|YTO
我们这不通圆通|YTO
圆通千万别发|YTO
圆通就算了|YTO
圆通免了|YTO
圆通勿发|YTO
圆通谢绝|YTO
圆通拒绝|YTO
圆通快递请勿使用|YTO
只要不是圆通就行|YTO
不是圆通就行|YTO
只要不是圆通都可以|YTO
不是圆通都可以|YTO
不要给我发圆通|YTO
麻烦不要给我发圆通快递|YTO
请不要再给我发圆通了|YTO
再发圆通就退货|YTO
再也不要圆通|YTO
别再发圆通了|YTO
不要圆通也不要中通|YTO,ZTO
不要圆通或者中通|YTO,ZTO
不要圆通、中通、申通|STO,YTO,ZTO
无需顺丰|SF
except YTO|YTO
YTO excluded|YTO
without YTO|YTO
never YTO|YTO
not YTO or ZTO|YTO,ZTO
no YTO, no ZTO|YTO,ZTO
I don't like YTO|YTO
avoid YTO at all costs|YTO
i hate YTO|YTO
勿圆通|YTO
不圆通|YTO
不走圆通|YTO
不寄圆通|YTO
不选圆通|YTO
不送圆通|YTO
不接收圆通|YTO
不收圆通快递件|YTO
不同意发圆通|YTO
不愿意收圆通|YTO
不允许圆通|YTO
不让发圆通|YTO
暂不支持圆通|YTO
暂停圆通|YTO
停用圆通|YTO
停发圆通|YTO
排除圆通|YTO
屏蔽圆通|YTO
圆通不发|YTO
圆通不寄|YTO
圆通不走|YTO
圆通不支持|YTO
圆通不接受|YTO
圆通不收件|YTO
圆通不想要|YTO
圆通不建议|YTO
圆通绝对不行|YTO
圆通真的不行|YTO
圆通快递不行哦|YTO
圆通那边不行|YTO
圆通我不要|YTO
圆通我们这边收不到|YTO
圆通我这里不到|YTO
圆通这边没有|YTO
此地址无法用中通|ZTO
中通无法派送|ZTO
中通无法到达|ZTO
中通无法送达|ZTO
中通无法使用|ZTO
中通无网点|ZTO
中通不在服务区|ZTO
顺丰不要圆通|YTO
中通圆通都可以，不要韵达|YD
不发圆通吧|YTO
可不可以不用圆通|YTO
可以换圆通以外的吗|YTO
不要用圆通可以吗|YTO
除了发圆通都行|YTO
只要不是圆通|YTO
谢绝中通圆通韵达|YD,YTO,ZTO
拒收圆通，谢谢|YTO
圆通一律拒收|YTO
中通，圆通，韵达不要|YD,YTO,ZTO
中通 圆通 不要|YTO,ZTO
圆通 不要|YTO
顺丰 不要圆通|YTO
发货不要用圆通和极兔快递|JT,YTO
快递不要圆通|YTO
不要邮政|EMS
邮政不要|EMS
不要发邮政快递|EMS
京东不要了|JD
这里没有顺丰网点|SF
附近没有圆通，只有中通|YTO
SF not YTO|YTO
SF can't deliver here|SF
no YTO/ZTO|YTO,ZTO
not YTO but SF|YTO
ship with anything but YTO|YTO
勿用圆通，否则退货|YTO
不要圆通，否则退货|YTO
用圆通就退货|YTO
别发圆通，发了就退|YTO
别给我圆通|YTO
不要再用圆通了谢谢|YTO
顺丰停发|SF
不急不用顺丰|SF
屏蔽圆通吧|YTO
不光圆通，中通也不要|ZTO"""

BOTH = """\
please no YTO, use SF|SF|YTO
不要圆通，发顺丰|SF|YTO
不要圆通发顺丰|SF|YTO
不要圆通 要顺丰|SF|YTO
发顺丰不要圆通|SF|YTO
发顺丰，不要圆通|SF|YTO
发顺丰别发中通|SF|ZTO
圆通不行，换顺丰|SF|YTO
不发圆通不发中通发顺丰|SF|YTO,ZTO
改顺丰不要圆通|SF|YTO
please don't use YTO, ship with SF|SF|YTO
中通这边到不了，发邮政|EMS|ZTO
中通不到，发邮政|EMS|ZTO
用顺丰不要用圆通|SF|YTO
不要圆通要顺丰|SF|YTO
别发圆通哈发顺丰|SF|YTO
我不要圆通我要顺丰|SF|YTO
除圆通中通外其他都行，优先顺丰|SF|YTO,ZTO
DHL only no EMS|DHL|EMS
停发圆通改顺丰|SF|YTO"""

NOTHING = """\
发不发顺丰／是顺丰吗／是发顺丰吗／发什么快递，顺丰吗
圆通可以吗／用圆通吗／圆通勿扰／不要太慢，顺丰
上次圆通太慢了／圆通太慢了／圆通丢过我的件／我在顺丰上班
顺丰小哥人很好／不介意圆通／圆通也行／圆通也可以
顺丰圆通都行／什么快递都行／不限快递／不一定要顺丰
不必发顺丰／不用发顺丰／不需要发顺丰／没必要发顺丰
顺丰，不要放驿站／顺丰不要放驿站／圆通别放驿站／中通不要放门卫
中通别敲门／顺丰别打电话／顺丰派送前不要敲门／不要发到付顺丰
顺丰包邮吗／不是不能发圆通／不是不要圆通／没说不要圆通
不要不发顺丰／不会不发顺丰吧／别不发顺丰／怎么不发顺丰
为什么不发顺丰／怎么又是圆通／为什么发圆通／SF preferred
SF or nothing／is it SF?／不提供圆通／换掉圆通
顺丰没问题／顺丰不错／圆通不好／不错，顺丰很快
没收到圆通的短信／不急 顺丰／圆通不送货上门／if not SF, cancel
取消订单，顺丰已退回／订单取消 圆通／请取消顺丰的单子／停车场旁边的顺丰
不收到付 顺丰／不要打电话 中通／没有发票 顺丰／顺丰没有打电话
圆通没有送货上门／中通不送上门／扣除运费 顺丰／删除圆通单号
圆通不要发顺丰／圆通别发顺丰／顺丰不要中通不要／圆通不要顺丰要
顺丰要圆通不要／中通圆通都可以／顺丰或京东／不要顺丰到付
不要发顺丰到付／顺丰不要到付／顺丰到付不要／顺丰拒收到付
不是说好发顺丰吗／说好的顺丰呢／不发顺丰吗／不是圆通吧
是不是圆通／是不是发顺丰／发的不是圆通吧／谢绝到付
圆通退回／不要用快递公司圆通／不要放邮政／邮政编码不对
京东账号不要／不是京东买的／没有京东快递吗／只有中通
只有中通能到／只有邮政能到，其他不到／乡下只通邮政／顺丰，其他不收
圆通不收顺丰收／please do not use anything other than SF／not only SF／don't forget SF
no rush SF／not sure if SF delivers here／I can't receive SF／please no more YTO
any carrier but YTO／use YTO?／无圆通／圆通免谈
请避开圆通／避开圆通／无所谓顺丰还是中通／无需发票，顺丰
顺丰不发票／不了解圆通／受不了圆通／忘不了顺丰
少不了顺丰／取消用顺丰／顺丰取消了／圆通不可以吗
圆通不行吗／顺丰不行吗／不发顺丰不要／没说要顺丰
不止圆通／不只发顺丰／不单发顺丰"""


@pytest.mark.parametrize("case", ASKS.splitlines())
def test_asks(case: str) -> None:
    text, asked = case.split("|")
    assert parse_note(text, RULES) == Note(asked)


@pytest.mark.parametrize("case", RULES_OUT.splitlines())
def test_rules_out(case: str) -> None:
    text, refused = case.split("|")
    assert parse_note(text, RULES) == Note("", frozenset(refused.split(",")))


@pytest.mark.parametrize("case", BOTH.splitlines())
def test_both(case: str) -> None:
    text, asked, refused = case.split("|")
    assert parse_note(text, RULES) == Note(asked, frozenset(refused.split(",")))


@pytest.mark.parametrize("text", NOTHING.replace("\n", "／").split("／"))
def test_nothing(text: str) -> None:
    assert parse_note(text, RULES) == Note()
