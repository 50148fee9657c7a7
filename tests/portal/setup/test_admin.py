"""Set-up through the admin: what may change, what never, and that the log hears of it."""

import datetime as dt

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.urls import reverse

from hotel.choices import Role
from hotel.models import Hotel, Staff
from portal.setup.admin import SetupForm
from rooms.choices import LogAction, Source
from stays.models import RoomTypeInventory
from tests.acting import log
from tests.factories import make_hotel, make_room_type, make_staff
from tests.portal.setup.admin_pages import errors, new, page
from tests.stays.belongings import make_stay

User = get_user_model()
HOTEL = {
    "slug": "grand",
    "name": "Grand Hotel",
    "time_zone": "Europe/Lisbon",
    "checkout_time": "11:00:00",
    "late_checkout_grace": "30",
    "inspection_required": "on",
    "day_turns_at": "03:00:00",
    "day_use_until": "17:00:00",
    "arrival_days_ahead": "730",
    "readiness_policy": "TONIGHT",
    "api_requests_per_minute": "1200",
}


class TestAHotel:
    def test_a_change_is_saved_and_told_in_the_log(self, hotel, root):
        answer = root.post(page(hotel), {**HOTEL, "name": "Grand & Spa", "late_checkout_grace": 45})

        assert answer.status_code == 302
        hotel.refresh_from_db()
        assert (hotel.name, hotel.late_checkout_grace) == ("Grand & Spa", 45)
        event = hotel.events.get()
        assert (event.action, event.source, event.actor) == (
            LogAction.SETUP_CHANGED,
            Source.ADMIN,
            None,
        )
        assert event.notes == (
            "Hotel Grand Hotel: name Grand Hotel → Grand & Spa; "
            "late checkout grace (minutes) 30 → 45 (root)"
        )
        assert hotel.setup_seq == hotel.last_seq == event.seq

    def test_who_works_in_the_hotel_is_named_as_its_staff(self, hotel, superuser, root):
        place = make_staff(hotel=hotel, user=superuser, role=Role.MANAGER)

        root.post(page(hotel), {**HOTEL, "name": "Grand & Spa"})

        event = hotel.events.get()
        assert event.actor == place
        assert event.notes == "Hotel Grand Hotel: name Grand Hotel → Grand & Spa"

    def test_the_hours_of_its_day_are_set_here_and_told(self, hotel, root):
        hours = {"day_turns_at": "04:30", "day_use_until": "18:00", "arrival_days_ahead": "365"}
        root.post(page(hotel), {**HOTEL, **hours, "no_show_at_day_turn": "on"})

        hotel.refresh_from_db()
        assert (hotel.day_turns_at, hotel.day_use_until) == (dt.time(4, 30), dt.time(18))
        assert (hotel.arrival_days_ahead, hotel.no_show_at_day_turn) == (365, True)
        assert "day turns at" in hotel.events.get().notes

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"day_turns_at": "12:00", "checkout_time": "13:00"}, "day_turns_at"),
            ({"checkout_time": "02:00"}, "checkout_time"),
            ({"arrival_days_ahead": "0"}, "arrival_days_ahead"),
        ],
    )
    def test_hours_that_make_no_day_are_refused(self, hotel, root, wrong, field):
        assert list(errors(root.post(page(hotel), {**HOTEL, **wrong}))) == [field]

    def test_a_form_sent_unchanged_is_no_event(self, hotel, root):
        assert root.post(page(hotel), HOTEL).status_code == 302

        assert not hotel.events.exists()

    def test_the_logs_counter_is_not_put_back_by_a_form_nor_taken_from_one(
        self, hotel, root, monkeypatch
    ):
        real = SetupForm.full_clean

        def overtaken(form):
            """Let the log go on between the form's reading and its saving."""
            real(form)
            log.append(hotel, LogAction.BOOKING_CREATED, by=None, source=Source.IMPORT)

        monkeypatch.setattr(SetupForm, "full_clean", overtaken)

        root.post(page(hotel), {**HOTEL, "name": "Grand & Spa", "last_seq": 99, "setup_seq": 98})

        seqs = hotel.events.order_by("seq").values_list("seq", flat=True)
        hotel.refresh_from_db()
        assert list(seqs) == list(range(1, hotel.last_seq + 1))
        assert hotel.last_seq == hotel.setup_seq
        assert hotel.name == "Grand & Spa"

    def test_a_mistake_changes_nothing(self, hotel, root):
        answer = root.post(page(hotel), {**HOTEL, "name": "X", "time_zone": "Lisbon"})

        assert "Europe/Lisbon" in errors(answer)["time_zone"][0]
        hotel.refresh_from_db()
        assert hotel.name == "Grand Hotel"
        assert not hotel.events.exists()

    def test_a_new_hotel_begins_its_log(self, root):
        root.post(new(Hotel), {**HOTEL, "slug": "new", "name": "New"})

        hotel = Hotel.objects.get(slug="new")
        assert hotel.events.get().notes == "Hotel New added (root)"
        assert hotel.setup_seq == hotel.last_seq == 1

    def test_it_cannot_be_deleted(self, hotel, root):
        assert root.post(page(hotel, "delete"), {"post": "yes"}).status_code == 403

        assert Hotel.objects.get() == hotel


class TestStaff:
    def test_a_new_role_is_told(self, hotel, root):
        ana = make_staff(hotel=hotel, name="Ana Silva")

        root.post(page(ana), {"role": "SUPERVISOR", "language": "en", "active": "on"})

        ana.refresh_from_db()
        assert ana.role == Role.SUPERVISOR
        assert hotel.events.get().notes == "Staff Ana Silva: role Housekeeper → Supervisor (root)"

    def test_who_leaves_is_made_inactive(self, hotel, root):
        ana = make_staff(hotel=hotel, name="Ana Silva")

        root.post(page(ana), {"role": "HOUSEKEEPER", "language": "en"})

        ana.refresh_from_db()
        assert ana.active is False
        assert hotel.events.get().notes == "Staff Ana Silva: active yes → no (root)"

    def test_neither_the_person_nor_the_hotel_can_be_swapped(self, hotel, root):
        ana, elsewhere = make_staff(hotel=hotel), make_hotel()
        somebody = User.objects.create(username="somebody")

        root.post(
            page(ana),
            {
                "user": somebody.pk,
                "hotel": elsewhere.pk,
                "role": "MANAGER",
                "language": "en",
                "active": "on",
            },
        )

        before, ana = ana, Staff.objects.get()
        assert (ana.user, ana.hotel, ana.role) == (before.user, hotel, Role.MANAGER)

    def test_a_new_colleague_is_told_in_the_hotels_log(self, hotel, root):
        user = User.objects.create(username="rui", first_name="Rui")

        root.post(
            new(Staff),
            {"user": user.pk, "hotel": hotel.pk, "role": "SUPERVISOR", "language": "pt"},
        )

        assert Staff.objects.get().user == user
        assert hotel.events.get().notes == "Staff Rui added (root)"

    def test_one_place_for_a_person_in_a_hotel(self, hotel, root):
        ana = make_staff(hotel=hotel)

        answer = root.post(
            new(Staff),
            {"user": ana.user.pk, "hotel": hotel.pk, "role": "SUPERVISOR", "language": "pt"},
        )

        assert errors(answer)
        assert Staff.objects.get() == ana

    def test_one_without_a_history_can_be_deleted_and_the_log_says_so(self, hotel, root):
        ana = make_staff(hotel=hotel, name="Ana Silva")

        root.post(page(ana, "delete"), {"post": "yes"})

        assert not Staff.objects.exists()
        assert hotel.events.get().notes == "Staff Ana Silva deleted (root)"

    def test_one_with_a_history_cannot(self, hotel, root):
        ana = make_staff(hotel=hotel)
        log.append(hotel, LogAction.BOOKING_CREATED, by=ana, source=Source.PORTAL)

        answer = root.post(page(ana, "delete"), {"post": "yes"})

        assert answer.status_code == 200
        assert Staff.objects.get() == ana
        assert hotel.events.count() == 1


class TestAUser:
    @pytest.fixture
    def ana(self, hotel):
        return make_staff(hotel=hotel, name="Ana Silva")

    def form(self, ana, **changed) -> dict:
        return {
            "username": ana.user.username,
            "first_name": ana.user.first_name,
            "is_active": "on",
            "date_joined_0": "2026-01-01",
            "date_joined_1": "00:00:00",
            **changed,
        }

    def test_a_new_name_is_told_in_every_hotel_that_shows_it(self, ana, hotel, root):
        other = make_staff(hotel=make_hotel(), user=ana.user)
        bystander = make_hotel()

        root.post(page(ana.user), self.form(ana, first_name="Anna"))

        for house in (hotel, other.hotel):
            event = house.events.get()
            assert (event.action, house.last_seq) == (LogAction.SETUP_CHANGED, 0)
            assert event.notes.endswith("first name Ana Silva → Anna (root)")
        assert not bystander.events.exists()

    def test_anything_else_is_not(self, ana, hotel, root):
        root.post(page(ana.user), self.form(ana, email="ana@example.com"))

        ana.user.refresh_from_db()
        assert ana.user.email == "ana@example.com"
        assert not hotel.events.exists()

    def test_a_new_one_can_be_added(self, root):
        word = "a-long-enough-word"
        answer = root.post(
            new(User),
            {
                "username": "rui",
                "password1": word,
                "password2": word,
                "usable_password": "true",
            },
        )

        assert answer.status_code == 302
        assert User.objects.get(username="rui").check_password(word)


class TestWhoSeesIt:
    @pytest.mark.parametrize("role", Role)
    def test_staff_of_a_hotel_do_not(self, role, hotel, sign_in):
        client = sign_in(make_staff(hotel=hotel, role=role))

        answer = client.get(page(hotel))

        assert answer.status_code == 302
        assert "/admin/login/" in answer.url

    def test_a_superuser_sees_every_list(self, hotel, root):
        make_stay(hotel=hotel)
        make_staff(hotel=hotel)
        RoomTypeInventory.objects.create(room_type=make_room_type(hotel=hotel), date="2026-12-24")
        log.append(hotel, LogAction.BOOKING_CREATED, by=None, source=Source.IMPORT)
        index = root.get(reverse("admin:index"))
        lists = [
            model["admin_url"]
            for app in index.context["app_list"]
            if app["app_label"] in ("hotel", "rooms", "stays", "auth")
            for model in app["models"]
        ]

        assert len(lists) >= 13
        for url in lists:
            assert root.get(url).status_code == 200, url

    def test_the_lists_cost_the_same_for_one_row_and_for_thirty(
        self, hotel, root, django_assert_max_num_queries
    ):
        url = reverse("admin:stays_booking_changelist")
        for _ in range(30):
            make_stay(hotel=hotel)

        with django_assert_max_num_queries(12):
            root.get(url)
        with django_assert_max_num_queries(12):
            root.get(reverse("admin:hotel_staff_changelist"))

    def test_the_admin_keeps_its_own_record_of_who_did_it(self, hotel, root):
        root.post(page(hotel), {**HOTEL, "name": "Grand & Spa"})

        assert LogEntry.objects.get().user.username == "root"
