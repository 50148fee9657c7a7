"""Signing in and out, the password, and finding one's hotel."""

from urllib.parse import urlencode

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from hotel.choices import Role
from hotel.models import Staff
from tests.factories import make_hotel, make_staff
from tests.portal.reading import address, read

PASSWORD = "correct horse battery"
SIGN_IN = reverse("sign_in")


@pytest.fixture(autouse=True)
def quick_hashes(settings):
    """A slow hash protects real passwords; here it would only cost time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def ana(housekeeper):
    """A housekeeper who has a password."""
    housekeeper.user.username = "ana"
    housekeeper.user.set_password(PASSWORD)
    housekeeper.user.save()
    return housekeeper


@pytest.fixture
def try_to_sign_in(client):
    def try_to_sign_in(name="ana", password=PASSWORD, **given):
        return client.post(SIGN_IN, {"username": name, "password": password, **given})

    return try_to_sign_in


def signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def test_the_right_password_leads_to_the_days_first_page(client, ana, try_to_sign_in):
    response = try_to_sign_in()

    assert response["Location"] == reverse("home")
    assert signed_in(client)
    first = client.get(reverse("home"), follow=True)
    assert read(first).one("h1").text == "Board of Grand Hotel"


@pytest.mark.parametrize(
    ("role", "page"),
    [
        (Role.HOUSEKEEPER, "board"),
        (Role.SUPERVISOR, "board"),
        (Role.MAINTENANCE, "rooms"),
        (Role.FRONT_DESK, "readiness"),
        (Role.MANAGER, "statistics"),
    ],
)
def test_each_roles_day_begins_on_its_own_page(hotel, sign_in, role, page):
    client = sign_in(make_staff(hotel=hotel, role=role))

    for start in (reverse("home"), address("hotel", hotel)):
        response = client.get(start)
        opened = response["Location"].partition("?")[0]
        assert (response.status_code, opened) == (302, address(page, hotel))


class TestWhoWorksInTwoHotels:
    @pytest.fixture
    def other(self, clerk):
        """A hotel that comes after the first by name."""
        other = make_hotel(slug="zenith", name="Zenith")
        make_staff(hotel=other, user=clerk.user, role=Role.HOUSEKEEPER)
        return other

    def test_lands_in_the_one_last_used_also_after_signing_in_anew(
        self, hotel, other, clerk, sign_in
    ):
        client = sign_in(clerk)
        assert client.get(reverse("home"))["Location"] == address("readiness", hotel)

        client.get(address("board", other))
        client.post(reverse("sign_out"))
        sign_in(clerk)

        assert client.get(reverse("home"))["Location"] == address("board", other)
        client.get(address("board", hotel))
        assert client.get(reverse("home"))["Location"] == address("readiness", hotel)

    def test_is_not_taken_elsewhere_by_a_page_that_asks_for_news(
        self, hotel, other, clerk, sign_in
    ):
        client = sign_in(clerk)
        client.get(address("board", hotel))

        client.get(address("board_changes", other))
        client.get(address("board", other), headers={"HX-Request": "true"})

        assert client.get(reverse("home"))["Location"] == address("readiness", hotel)

    @pytest.mark.parametrize("wanted", ["zenith", "elsewhere", "../admin", ""])
    def test_never_lands_in_one_where_they_do_not_work(self, hotel, other, clerk, sign_in, wanted):
        make_hotel(slug="elsewhere")
        Staff.objects.filter(hotel=other).update(active=False)
        client = sign_in(clerk)
        client.cookies[f"last-hotel-{clerk.user_id}"] = wanted

        assert client.get(reverse("home"))["Location"] == address("readiness", hotel)

    def test_is_not_led_by_a_colleague_who_used_the_same_phone(self, hotel, other, clerk, sign_in):
        colleague = make_staff(hotel=hotel, role=Role.FRONT_DESK)
        make_staff(hotel=other, user=colleague.user)
        sign_in(colleague).get(address("board", other))

        assert sign_in(clerk).get(reverse("home"))["Location"] == address("readiness", hotel)


@pytest.mark.parametrize(("name", "password"), [("ana", "wrong"), ("nobody", PASSWORD), ("", "")])
def test_a_wrong_one_says_so_and_keeps_the_name(client, ana, try_to_sign_in, name, password):
    response = try_to_sign_in(name, password)

    page = read(response)
    assert response.status_code == 200
    assert page.one("input", name="username").attrs.get("value", "") == name
    assert "value" not in page.one("input", name="password")
    said = "enter a correct username and password" if name else "This field is required."
    assert said in page.text
    assert not signed_in(client)


def test_it_does_not_tell_whether_the_name_exists(ana, try_to_sign_in):
    ours, nobodys = (
        read(try_to_sign_in(name, "wrong")).one("form").text for name in ("ana", "nobody")
    )

    assert ours == nobodys


def test_who_was_switched_off_does_not_get_in(client, ana, try_to_sign_in):
    ana.user.is_active = False
    ana.user.save()

    assert try_to_sign_in().status_code == 200
    assert not signed_in(client)


def test_after_five_wrong_passwords_even_the_right_one_waits(client, ana, try_to_sign_in):
    for _ in range(4):
        assert try_to_sign_in(password="wrong").status_code == 200
    fifth = try_to_sign_in(password="wrong")

    response = try_to_sign_in()

    assert (fifth.status_code, response.status_code) == (429, 429)
    assert read(response).one("h1").text == "Too many attempts"
    assert "Wait 15 minutes" in read(response).text
    assert not signed_in(client)


def test_a_lock_out_is_for_that_name_from_that_address(client, ana, try_to_sign_in, hotel):
    bea = make_staff(hotel=hotel)
    bea.user.set_password(PASSWORD)
    bea.user.save()
    for _ in range(5):
        try_to_sign_in(password="wrong")

    elsewhere = client.post(
        SIGN_IN, {"username": "ana", "password": PASSWORD}, REMOTE_ADDR="10.9.8.7"
    )

    assert elsewhere.status_code == 302
    assert try_to_sign_in(bea.user.username).status_code == 302


def test_a_right_password_forgets_the_wrong_ones_before_it(client, ana, try_to_sign_in):
    for _ in range(2):
        for _ in range(4):
            assert try_to_sign_in(password="wrong").status_code == 200
        assert try_to_sign_in().status_code == 302
        client.post(reverse("sign_out"))


def test_who_is_signed_in_already_goes_on_to_work(sign_in, housekeeper):
    response = sign_in(housekeeper).get(SIGN_IN)

    assert (response.status_code, response["Location"]) == (302, reverse("home"))


def test_after_signing_in_one_is_where_one_wanted_to_be(client, hotel, ana, try_to_sign_in):
    asked = client.get(address("board", hotel) + "?floor=2", follow=True)
    kept = read(asked).one("input", name="next")["value"]

    assert try_to_sign_in(next=kept)["Location"] == address("board", hotel) + "?floor=2"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"],
)
def test_nobody_is_sent_to_another_site(client, ana, try_to_sign_in, elsewhere):
    shown = read(client.get(SIGN_IN, {"next": elsewhere})).one("input", name="next")["value"]

    assert shown == ""
    assert try_to_sign_in(next=elsewhere)["Location"] == reverse("home")


def test_signing_out_asks_first(client, sign_in, housekeeper):
    page = read(sign_in(housekeeper).get(reverse("sign_out")))

    assert page.one("h1").text == "Sign out?"
    assert signed_in(client)


def test_signing_out_ends_the_session_on_the_server_too(client, sign_in, housekeeper):
    sign_in(housekeeper)
    old = client.cookies["sessionid"].value

    response = client.post(reverse("sign_out"))

    assert response["Location"] == SIGN_IN
    client.cookies["sessionid"] = old
    assert client.get(address("board", housekeeper.hotel)).status_code == 302


def test_a_new_password_takes_the_place_of_the_old_one(client, sign_in, ana, try_to_sign_in):
    new = "another long sentence"
    response = sign_in(ana).post(
        reverse("password"),
        {"old_password": PASSWORD, "new_password1": new, "new_password2": new},
    )

    assert response["Location"] == reverse("home")
    assert signed_in(client)
    client.post(reverse("sign_out"))
    assert try_to_sign_in(password=PASSWORD).status_code == 200
    assert try_to_sign_in(password=new).status_code == 302


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"old_password": "wrong"}, "Your old password was entered incorrectly."),
        ({"new_password2": "something else"}, "The two password fields didn’t match."),
        ({"new_password1": "12345", "new_password2": "12345"}, "This password is too short."),
    ],
)
def test_a_new_password_that_will_not_do_is_refused_in_words(sign_in, ana, given, words):
    fields = {
        "old_password": PASSWORD,
        "new_password1": "a long one",
        "new_password2": "a long one",
    }

    response = sign_in(ana).post(reverse("password"), fields | given)

    assert words in read(response).text
    ana.user.refresh_from_db()
    assert ana.user.check_password(PASSWORD)


def test_who_works_in_one_hotel_has_nothing_to_switch(sign_in, housekeeper):
    page = read(sign_in(housekeeper).get(address("board", housekeeper.hotel)))

    assert page.all(cls="hotel-menu") == []
    assert page.one("a", "brand")["href"] == address("hotel", housekeeper.hotel)


def test_the_switcher_lists_the_other_hotels_where_one_works_now(sign_in, housekeeper):
    for name in ("Sea View", "Airport Inn"):
        make_staff(hotel=make_hotel(name=name), user=housekeeper.user)
    make_staff(hotel=make_hotel(name="Left It"), user=housekeeper.user, active=False)
    make_hotel(name="Never Worked There")
    client = sign_in(housekeeper)

    menu = read(client.get(address("board", housekeeper.hotel))).one(cls="hotel-menu")

    assert menu.texts("li") == ["Airport Inn", "Sea View"]
    there = read(client.get(menu.all("a")[0]["href"], follow=True))
    assert there.one("h1").text == "Board of Airport Inn"


def test_each_hotel_knows_the_person_in_the_role_they_have_there(sign_in, housekeeper):
    second = make_hotel(name="Sea View")
    make_staff(hotel=second, user=housekeeper.user, role=Role.MANAGER)
    client = sign_in(housekeeper)

    assert client.get(address("statistics", second)).status_code == 200
    assert client.get(address("statistics", housekeeper.hotel)).status_code == 403


def test_who_has_no_hotel_is_told_whom_to_ask(sign_in, db):
    user = get_user_model().objects.create(username="new-here")

    response = sign_in(user).get(reverse("home"))

    page = read(response)
    assert response.status_code == 403
    assert page.one("h1").text == "No hotel yet"
    assert "new-here" in page.text
    assert page.one("a", "btn")["href"] == reverse("sign_out")


def test_a_superuser_without_a_hotel_goes_to_the_admin(sign_in, db):
    admin = get_user_model().objects.create_superuser("root")

    assert sign_in(admin).get(reverse("home"))["Location"] == reverse("admin:index")


@pytest.mark.parametrize("back", ["/sign-in/", "/sign-in/?next=/sign-in/", "//elsewhere.test/"])
def test_who_is_signed_in_is_not_sent_back_to_the_sign_in_page(sign_in, clerk, back):
    response = sign_in(clerk).get(f"{SIGN_IN}?{urlencode({'next': back})}", follow=True)

    assert response.status_code == 200
    assert response.request["PATH_INFO"].startswith(f"/h/{clerk.hotel.slug}/")
