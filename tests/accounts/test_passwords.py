"""Which passwords are taken (A08). Each row says why."""

import pytest
from argon2 import PasswordHasher

from app.accounts import passwords
from app.errors import PasswordRefused

pytestmark = pytest.mark.once

AS_IN_PRODUCTION = passwords._hasher


@pytest.fixture(autouse=True)
def real_hashes(monkeypatch):
    monkeypatch.setattr(passwords, "_hasher", AS_IN_PRODUCTION)


CONTEXT = ("示例", "11010519491231002X", "13900000001", "example-unit")

GOOD = [
    "correct horse",
    "zhichengshenbao2026",
    "一二三四五六七八",
    "职称申报 用的密码",
    "xK9#mQ2!",
    "a" * 40 + "bcd",
    " leading and trailing ",
    "tab\tinside it",
    "🌷🌿🌾🍁 four flowers",
    "p@ss w0rd of mine",
    "1q2w3e4r5t6y7u8i",
    "x" * 125 + "yza",
    "no-capitals-no-digits",
    "ABCDEFGH12",
    "20260101abcd",
    "'; DROP TABLE ab_user; --",
    "<script>alert(1)</script>",
    "Größe-Straße",
    "пароль-длинный",
    "\u202eright to left",
    "12345678 and more",
    "woaini, dianchi de haiou",
    "示范的密码不含姓名",
]
BAD = [
    ("", "至少 8 位"),
    ("1234567", "至少 8 位"),
    ("短密码", "现在是 3 位"),
    ("x" * 129, "最多 128 位"),
    ("12345678", "太常见"),
    ("123456789", "太常见"),
    ("1234567890", "太常见"),
    ("11111111", "太常见"),
    ("88888888", "太常见"),
    ("00000000", "太常见"),
    ("password", "太常见"),
    ("PASSWORD", "太常见"),
    ("Password1", "太常见"),
    ("qwerty123", "太常见"),
    ("abc12345", "太常见"),
    ("abcd1234", "太常见"),
    ("1qaz2wsx", "太常见"),
    ("iloveyou", "太常见"),
    ("a1234567", "太常见"),
    ("1q2w3e4r", "太常见"),
    ("asdfghjk", "太常见"),
    ("zhicheng", "太常见"),
    ("aaaaaaaaaaaa", "太常见"),
    ("abababababab", "太常见"),
    ("abcabcabcabc", "太常见"),
    ("我我我我我我我我", "太常见"),
    ("我的示例人员密码", "不能包含"),
    ("11010519491231002X", "不能包含"),
    ("11010519491231002x", "不能包含"),
    ("xx11010519491231002xyy", "不能包含"),
    ("13900000001", "不能包含"),
    ("tel13900000001", "不能包含"),
    ("Example-Unit-2026", "不能包含"),
    ("示例的密码123", "不能包含"),
    ("EXAMPLE-UNIT", "不能包含"),
    ("woaini1314", "太常见"),
    ("WoAiNi520", "太常见"),
    ("5201314love", "太常见"),
    ("qq123456789", "太常见"),
    ("1qaz@WSX", "太常见"),
    ("qazwsxedc", "太常见"),
    ("zxcvbnm123", "太常见"),
    ("a123456789", "太常见"),
    ("Admin@123", "太常见"),
    ("P@ssw0rd", "太常见"),
    ("147258369", "太常见"),
    ("789456123", "太常见"),
    ("11223344", "太常见"),
    ("kunming123", "太常见"),
    ("zhicheng2026", "太常见"),
    ("mima123456", "太常见"),
    ("１２３４５６７８", "太常见"),
    (" 12345678 ", "太常见"),
    ("        ", "太常见"),
]


@pytest.mark.parametrize("password", GOOD)
def test_a_good_password_is_taken_as_it_is(password):
    passwords.judge(password, *CONTEXT)


@pytest.mark.parametrize(("password", "said"), BAD)
def test_a_bad_password_is_refused_with_the_reason(password, said):
    with pytest.raises(PasswordRefused) as refusal:
        passwords.judge(password, *CONTEXT)
    assert said in str(refusal.value)


def test_a_password_is_stored_as_argon2id_and_compared_in_full():
    stored = passwords.hash_password("x" * 127 + "y")

    assert stored.startswith("$argon2id$")
    assert passwords.matches(stored, "x" * 127 + "y")
    assert not passwords.matches(stored, "x" * 127 + "z")


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$broken"])
def test_an_account_without_a_usable_hash_opens_for_no_password(stored):
    for given in ("", "nobody has this password", "x"):
        assert not passwords.matches(stored, given)


def test_the_table_has_sixty_rows_and_the_list_some_hundreds():
    assert len(GOOD) + len(BAD) >= 60
    assert len(passwords.COMMON) > 500
    assert all(len(each) >= passwords.SHORTEST and each == each.lower() for each in passwords.COMMON)


def test_a_hash_of_weaker_parameters_is_made_anew_and_todays_is_not():
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("correct horse")
    new = passwords.upgraded(weak, "correct horse")

    assert new
    assert new != weak
    assert passwords.matches(new, "correct horse")
    assert passwords.upgraded(new, "correct horse") is None
