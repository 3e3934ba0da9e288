"""What stands before the pages: the limit per address, the token, and what production leaves out (A05, B11, A13)."""

import pytest

from tests.accounts.people import make_mobile

PUBLIC_FORMS = (
    "/sign-in/",
    "/sign-up/",
    "/sign-up/mobile",
    "/unit-sign-up/",
    "/recover/",
    "/recover/password",
)
PRODUCTION = {
    "MODE": "production",
    "DEBUG": False,
    "SECRET_KEY": "Zk3!vq8Lw0#Rt5@Yb7$Nc2%Hd9^Jf4&Mg6",
    "TRUSTED_HOSTS": ["localhost"],
}


def test_a_flood_from_one_address_is_slowed_down_and_told_so(opened):
    client = opened(RATELIMIT_ENABLED=True, SIGN_IN_LIMIT="3 per minute").test_client()
    answers = [client.post("/sign-in/", data={"name": "nobody", "password": "x"}) for _each in range(4)]

    assert [each.status_code for each in answers] == [422, 422, 422, 429]
    assert "操作太频繁" in answers[-1].text
    assert client.get("/sign-in/").status_code == 200


@pytest.mark.parametrize("path", PUBLIC_FORMS)
def test_a_post_without_its_token_changes_nothing(opened, path):
    client = opened(WTF_CSRF_ENABLED=True).test_client()

    assert client.post(path, data={"mobile": make_mobile()}).status_code == 400


def test_production_has_no_page_of_sent_texts_and_sends_no_code_into_the_void(opened, session, sent_to):
    client = opened(**PRODUCTION).test_client()
    mobile = make_mobile()
    page = client.post("/recover/", data={"name": "11010519491231002X", "mobile": mobile})

    assert client.get("/development/sms").status_code == 404
    assert page.status_code == 422
    assert "短信服务暂时不能使用" in page.text
    assert sent_to(mobile) is None


def test_development_shows_the_texts_newest_first(client):
    for mobile in (first := make_mobile(), second := make_mobile()):
        client.post("/recover/", data={"name": "nobody", "mobile": mobile})
    client.post("/sign-up/", data={"name": "示例人", "id_number": "11010519491231002X"})
    for mobile in (first, second):
        client.post("/sign-up/mobile", data={"mobile": mobile})

    page = client.get("/development/sms").text
    assert page.index(second) < page.index(first)
    assert page.count(first) == 1
