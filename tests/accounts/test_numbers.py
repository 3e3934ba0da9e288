"""Numbers as typed, as stored, and what is said of a wrong one (ACC-02, X-12, C14)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts import numbers
from app.accounts.numbers import NumberRefused
from app.vocabulary import Document
from app.web.masking import mask_id_number, mask_mobile
from tests import factories as make

pytestmark = pytest.mark.once

TODAY = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("11010519491231002X", "11010519491231002X"),
        ("11010519491231002x", "11010519491231002X"),
        (" 110105 19491231 002x ", "11010519491231002X"),
        ("１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"),
        (make.id_number(7), make.id_number(7)),
    ],
)
def test_a_right_resident_number_is_stored_in_one_form(typed, stored):
    assert numbers.id_number(typed, today=TODAY) == stored


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "现在是 0 位"),
        ("1101051949123100", "现在是 16 位"),
        ("11010519491231002XX", "现在是 19 位"),
        ("1101051949123100AX", "前 17 位应为数字"),
        ("11010519491231002Y", "最后一位应为数字或 X"),
        ("110105194912310021", "校验不通过"),
        ("110105194902300020", "19490230 不是日期"),
        ("110105000001010020", "00000101 不是日期"),
        ("530102209901010003", "20990101 晚于今天"),
    ],
)
def test_a_wrong_resident_number_is_told_what_is_wrong(typed, said):
    with pytest.raises(NumberRefused) as refusal:
        numbers.id_number(typed, today=TODAY)
    assert said in str(refusal.value)


def checked(body):
    """The body of a number with 18 characters and its check character."""
    return body + numbers.ric.calc_check_digit(body + "0")


HONG_KONG, MACAO, TAIWAN = (checked(f"{region}19900101000") for region in ("810000", "820000", "830000"))
FOREIGN = checked("95315619900101000")
BORN = date(1990, 1, 1)

# kind, as typed, as stored, what it says of its holder (ELI-01)
DOCUMENTS = [
    (Document.RESIDENT, "11010519491231002x", "11010519491231002X", (date(1949, 12, 31), "女")),
    (Document.RESIDENT, make.id_number(8), make.id_number(8), None),
    (Document.HK_MACAO_TAIWAN_RESIDENCE, HONG_KONG, HONG_KONG, (BORN, "女")),
    (Document.HK_MACAO_TAIWAN_RESIDENCE, f" {MACAO[:6]} {MACAO[6:]}".lower(), MACAO, (BORN, "女")),
    (Document.HK_MACAO_TAIWAN_RESIDENCE, TAIWAN, TAIWAN, (BORN, "女")),
    (Document.HK_MACAO_PERMIT, "H00000001", "H00000001", None),
    (Document.HK_MACAO_PERMIT, "m0000000101", "M0000000101", None),
    (Document.HK_MACAO_PERMIT, "Ｈ００００ ０００１", "H00000001", None),
    (Document.TAIWAN_PERMIT, "0000 0001", "00000001", None),
    (Document.PERMANENT_RESIDENCE, FOREIGN, FOREIGN, (BORN, "女")),
    (Document.PERMANENT_RESIDENCE, "usa000000000001", "USA000000000001", None),
    (Document.PASSPORT, "e 0000-0001", "E00000001", None),
    (Document.PASSPORT, "12345", "12345", None),
    (Document.PASSPORT, "A" * 20, "A" * 20, None),
    (Document.PASSPORT, "530102198001010005", "530102198001010005", None),
]


@pytest.mark.parametrize(("kind", "typed", "stored", "said"), DOCUMENTS)
def test_a_right_number_of_each_kind_is_stored_in_one_form(kind, typed, stored, said):
    assert numbers.document_number(typed, kind, today=TODAY) == stored
    if said:
        assert numbers.born_and_gender(stored, kind) == said
    elif kind != Document.RESIDENT:
        assert numbers.born_and_gender(stored, kind) is None


@pytest.mark.parametrize(
    ("kind", "typed", "said"),
    [
        (Document.RESIDENT, HONG_KONG, "这是港澳台居民居住证的号码"),
        (Document.RESIDENT, FOREIGN, "这是外国人永久居留身份证的号码"),
        (Document.RESIDENT, "E00000001", "现在是 9 位"),
        (Document.HK_MACAO_TAIWAN_RESIDENCE, make.id_number(8), "这是居民身份证的号码"),
        (Document.HK_MACAO_TAIWAN_RESIDENCE, FOREIGN, "这是外国人永久居留身份证的号码"),
        (Document.HK_MACAO_TAIWAN_RESIDENCE, HONG_KONG[:-1] + "?", "最后一位应为数字或 X"),
        (Document.HK_MACAO_TAIWAN_RESIDENCE, "810000199013010000", "19901301 不是日期"),
        (Document.HK_MACAO_TAIWAN_RESIDENCE, MACAO[:-2] + "1" + MACAO[-1], "校验不通过"),
        (Document.HK_MACAO_PERMIT, "H0000001", "字母 H 或 M 加 8 位数字"),
        (Document.HK_MACAO_PERMIT, "H000000001", "字母 H 或 M 加 8 位数字"),
        (Document.HK_MACAO_PERMIT, "K00000001", "字母 H 或 M 加 8 位数字"),
        (Document.TAIWAN_PERMIT, "0000001", "应为 8 位数字"),
        (Document.TAIWAN_PERMIT, "000000001", "应为 8 位数字"),
        (Document.TAIWAN_PERMIT, "0000000A", "应为 8 位数字"),
        (Document.PERMANENT_RESIDENCE, make.id_number(8), "这是居民身份证的号码"),
        (Document.PERMANENT_RESIDENCE, "US0000000000001", "现在是 15 位"),
        (Document.PERMANENT_RESIDENCE, FOREIGN[:-2] + "1" + FOREIGN[-1], "校验不通过"),
        (Document.PASSPORT, "E123", "5 至 20 位字母或数字"),
        (Document.PASSPORT, "A" * 21, "5 至 20 位字母或数字"),
        (Document.PASSPORT, "E1234567!", "5 至 20 位字母或数字"),
        (Document.PASSPORT, "护照号码一二三", "5 至 20 位字母或数字"),
    ],
)
def test_a_wrong_number_of_each_kind_is_told_what_is_wrong(kind, typed, said):
    with pytest.raises(NumberRefused) as refusal:
        numbers.document_number(typed, kind, today=TODAY)
    assert said in str(refusal.value)


@pytest.mark.parametrize(
    ("number", "kind", "known"),
    [
        ("530102198001010005", Document.RESIDENT, (date(1980, 1, 1), "女")),
        ("53010219800101001X", Document.RESIDENT, (date(1980, 1, 1), "男")),
        ("530102198013010005", Document.RESIDENT, None),
        ("USA000000000001", Document.PERMANENT_RESIDENCE, None),
        (None, Document.RESIDENT, None),
    ],
)
def test_a_number_says_when_its_holder_was_born_where_it_holds_that(number, kind, known):
    assert numbers.born_and_gender(number, kind) == known


@given(st.sampled_from(Document), st.text(max_size=30))
def test_any_text_is_a_number_of_its_kind_or_refused(kind, typed):
    try:
        stored = numbers.document_number(typed, kind, today=TODAY)
    except NumberRefused as refusal:
        assert str(refusal)
    else:
        assert numbers.document_number(stored, kind, today=TODAY) == stored


@given(st.text(max_size=30))
def test_any_text_is_either_a_number_or_refused(typed):
    for read in (lambda text: numbers.id_number(text, today=TODAY), numbers.mobile, numbers.credit_code):
        try:
            assert read(read(typed)) == read(typed)
        except NumberRefused as refusal:
            assert str(refusal)


@given(st.integers(0, 16), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_always_noticed(place, digit):
    right = make.id_number(100)
    wrong = right[:place] + digit + right[place + 1 :]
    if wrong != right:
        with pytest.raises(NumberRefused):
            numbers.id_number(wrong, today=TODAY)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("13900000001", "13900000001"), ("139 0000 0001", "13900000001"), ("+86 139-0000-0001", "13900000001")],
)
def test_a_right_mobile_is_stored_as_eleven_digits(typed, stored):
    assert numbers.mobile(typed) == stored


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "11 位数字"),
        ("1390000000", "现在是 10 位"),
        ("139000000011", "现在是 12 位"),
        ("12900000001", "13 至 19 开头"),
        ("1390000000a", "不能有其他字符"),
    ],
)
def test_a_wrong_mobile_is_told_what_is_wrong(typed, said):
    with pytest.raises(NumberRefused) as refusal:
        numbers.mobile(typed)
    assert said in str(refusal.value)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("91110000600037341L", "91110000600037341L"),
        ("91110000600037341l", "91110000600037341L"),
        (make.credit_code(3), make.credit_code(3)),
        ("D2143569-X", "D2143569X"),
    ],
)
def test_a_right_code_of_a_unit_in_both_forms(typed, stored):
    assert numbers.credit_code(typed) == stored


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("9111000060003734", "现在是 16 位"),
        ("91110000600037341M", "校验不通过"),
        ("9I110000600037341L", "校验不通过"),
        ("D21435690", "组织机构代码校验不通过"),
    ],
)
def test_a_wrong_code_of_a_unit_is_told_what_is_wrong(typed, said):
    with pytest.raises(NumberRefused) as refusal:
        numbers.credit_code(typed)
    assert said in str(refusal.value)


def test_at_least_four_hundred_numbers_fit_a_masked_one_beside_birth_date_gender_and_birthplace():
    """The solver of D02: whoever sees the page knows region, date and gender; the check follows from the rest."""
    number = make.id_number(42)
    shown = mask_id_number(number)

    def fits(candidate):
        return all(mark in ("*", sign) for mark, sign in zip(shown, candidate, strict=True))

    candidates = 0
    for sequence in range(0, 1000, 2):
        body = f"{number[:14]}{sequence:03d}"
        candidates += fits(body + numbers.ric.calc_check_digit(body + "0"))
    assert candidates >= 400


def test_a_masked_mobile_keeps_three_and_four_digits():
    assert mask_mobile("13900001234") == "139****1234"
    assert mask_mobile(None) == mask_id_number(None) == ""
