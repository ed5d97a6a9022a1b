"""Addresses abroad: what each country's couriers need is told when missing, and nothing Chinese is asked of them."""

from dataclasses import replace

import pytest

from domain.addresses.abroad import needed
from domain.addresses.place_names import Fault, Why
from domain.intake.incoming import Receiver
from domain.review.screening import address_faults

HOMES = [
    Receiver("Ann Lee", "+1 512 555 0199", "US", "TX", "Austin", "", "1 Main St", "73301"),
    Receiver("Ann Lee", "", "CA", "ON", "Toronto", "", "1 King St W", "M5H 1A1"),
    Receiver("Ann Lee", "", "AU", "NSW", "Sydney", "", "1 George St", "2000"),
    Receiver("Asha", "", "IN", "MH", "Mumbai", "", "1 MG Road", "400001"),
    Receiver("João", "", "BR", "SP", "São Paulo", "", "Rua A 1", "01000-000"),
    Receiver("Jörg Müller", "+49 170 1234567", "DE", "", "Köln", "", "Hauptstr. 5", "50667"),
    Receiver("Jane", "", "GB", "", "Leeds", "", "9 King St", "LS1 1BA"),
    Receiver("Anne", "", "FR", "", "Paris", "", "1 rue A", "75001"),
    Receiver("Anna", "", "IT", "", "Roma", "", "Via A 1", "00118"),
    Receiver("Ana", "", "ES", "", "Madrid", "", "Calle A 1", "28001"),
    Receiver("山田太郎", "090-1234-5678", "JP", "東京都", "千代田区", "", "丸の内1-1", "100-0005"),
    Receiver("山田太郎", "", "JP", "東京都", "", "", "千代田区丸の内1-1", "100-0005"),
    Receiver("Kim", "", "KR", "", "Seoul", "", "1 Sejong-daero", "04524"),
    Receiver("Tan", "", "SG", "", "", "", "1 Raffles Place", "048616"),
    Receiver("Aminah", "", "MY", "", "Kuala Lumpur", "", "1 Jalan A", "50000"),
    Receiver("Somchai", "", "TH", "", "Bangkok", "", "1 Silom Rd", "10500"),
    Receiver("陳大文", "+886 912 345 678", "TW", "", "台北市", "", "忠孝東路一段1號", "100"),
    Receiver("陳大文", "+852 9123 4567", "HK", "九龍", "", "", "彌敦道1號"),
    Receiver("陳大文", "", "MO", "", "", "", "新馬路1號"),
    Receiver("Budi", "", "ID", "DKI Jakarta", "", "", "Jl. A 1"),
    Receiver("Budi", "", "ID", "", "Jakarta Pusat", "", "Jl. A 1"),
    Receiver("Juan", "", "PH", "", "Makati", "", "1 Ayala Ave"),
    Receiver("Lan", "", "VN", "", "Hà Nội", "", "1 Phố A"),
    Receiver("Omar", "", "AE", "Dubai", "", "", "1 Sheikh Rd"),
    Receiver("Olu", "", "NG", "", "Lagos", "", "1 Broad St"),
    Receiver("Ann", "", "US", "CA", "北京路", "", "浙江省杭州市西湖区1号", "94016"),
]


def without(home: Receiver, field: str) -> Receiver:
    return replace(home, **{field: " "})  # type: ignore[arg-type]  # test shorthand


@pytest.mark.parametrize("home", HOMES, ids=lambda home: f"{home.country} {home.city or home.province}")
def test_it_lacks_nothing_and_each_field_it_needs_is_told_when_it_is_missing(home: Receiver) -> None:
    assert address_faults(home) == ()
    for field in ("name", *needed(home)):
        assert address_faults(without(home, field))[:1] == (Fault(field, Why.MISSING),)
    assert address_faults(replace(home, district="", phone="")) == ()


@pytest.mark.parametrize(
    ("country", "fields"),
    [
        ("US", "province city address zip"),
        ("DE", "city address zip"),
        ("IT", "city address zip"),
        ("JP", "province address zip"),
        ("SG", "address zip"),
        ("TH", "city address zip"),
        ("PH", "city address"),
        ("VN", "city address"),
        ("HK", "city address"),
        ("NARNIA", "city address"),
        ("", "country city address"),
    ],
)
def test_of_nothing_all_of_it_is_missing(country: str, fields: str) -> None:
    told = [(fault.field, fault.why) for fault in address_faults(Receiver(country=country))]
    assert told == [(field, Why.MISSING) for field in ("name", *fields.split())]


def test_a_hidden_receiver_is_asked_for_nothing() -> None:
    assert address_faults(Receiver("A***e", country="US", masked=True)) == ()
