"""Numbers as typed, as stored, and what is said of a wrong one (ACC-02, X-12, C14)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts import numbers
from app.accounts.numbers import NumberRefused
from app.web.masking import mask_id_number, mask_mobile
from tests import factories as make

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


def test_birth_date_and_gender_are_read_off_the_number():
    assert numbers.birth_date_of("11010519491231002X") == date(1949, 12, 31)
    assert numbers.gender_of("11010519491231002X") == "女"
    assert numbers.gender_of("110105194912310011") == "男"


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
