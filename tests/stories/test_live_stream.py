"""The event stream: who gets it, what is on it, what wakes it, and when it ends."""

import http.client
import threading
import time
from contextlib import suppress
from urllib.parse import urlencode

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, transaction
from django.utils import timezone

from hotel.choices import Role
from hotel.models import Hotel
from portal.live import hub as hub_module
from rooms.choices import Action, RoomStatus
from tests.acting import perform
from tests.factories import make_hotel, make_room, make_staff
from tests.portal.reading import address
from tests.serving import Stream, in_a_process, in_a_thread, session_of, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def served(db, settings):
    """The gateway and its address; streams show that they are alive once in a second."""
    settings.LIVE_HEARTBEAT_SECONDS = 1
    with in_a_thread(WSGIHandler()) as served:
        yield served


@pytest.fixture
def url(served):
    return served[1]


@pytest.fixture
def open_stream(url, hotel):
    streams = []

    def open_stream(staff, to=hotel, **extra):
        stream = Stream(
            url, address("stream", to), extra.pop("session", session_of(staff)), **extra
        )
        streams.append(stream)
        return stream

    yield open_stream
    for stream in streams:
        stream.close()


def start_cleaning(room, staff) -> int:
    """Change the room; return the seq of it."""
    return perform(Action.START_CLEANING, room, by=staff).seq


def seq_of(hotel) -> int:
    hotel.refresh_from_db()
    return hotel.last_seq


@pytest.fixture
def room(hotel):
    return make_room(hotel=hotel, number="101", status=RoomStatus.CHECKOUT_DIRTY)


def test_it_says_at_once_that_it_gets_through_and_where_the_log_stands(
    open_stream, housekeeper, hotel, room
):
    seq = start_cleaning(room, housekeeper)

    stream = open_stream(housekeeper)

    assert stream.status == 200
    assert stream.answer.headers["Content-Type"] == "text/event-stream"
    assert stream.answer.headers["X-Accel-Buffering"] == "no"
    assert "no-store" in stream.answer.headers["Cache-Control"]
    assert stream.event() == [f"id: {seq}", "event: changed", f'data: {{"seq": {seq}}}']


def test_a_browser_that_comes_back_with_an_old_id_hears_the_newest_at_once(
    open_stream, housekeeper, hotel, room
):
    stream = open_stream(housekeeper)
    old = stream.seq()
    stream.close()
    seq = start_cleaning(room, housekeeper)

    again = open_stream(housekeeper, **{"Last-Event-ID": str(old)})

    assert again.seq() == seq


def test_a_change_wakes_it_with_the_seq_and_nothing_else(open_stream, housekeeper, hotel, room):
    stream = open_stream(housekeeper)
    first = stream.seq()

    perform(Action.MARK_MAINTENANCE, room, by=housekeeper, notes="guest Ana's tap", priority="LOW")

    seq = first + 1
    while (event := stream.event())[0] == f"id: {first}":
        pass  # a heartbeat may come between
    assert event == [f"id: {seq}", "event: changed", f'data: {{"seq": {seq}}}']


def test_a_change_that_was_rolled_back_wakes_nobody(open_stream, housekeeper, hotel, room):
    stream = open_stream(housekeeper)
    first = stream.seq()

    with transaction.atomic():
        start_cleaning(room, housekeeper)
        transaction.set_rollback(True)

    assert stream.seq() == first  # the heartbeat


def test_a_burst_is_told_in_few_words(open_stream, housekeeper, hotel):
    rooms = [make_room(hotel=hotel, status=RoomStatus.CHECKOUT_DIRTY) for _ in range(30)]
    stream = open_stream(housekeeper)
    first = stream.seq()

    with transaction.atomic():
        for room in rooms:
            start_cleaning(room, housekeeper)

    seqs = [stream.seq()]
    while seqs[-1] != first + 30:
        seqs.append(stream.seq())
    assert len(seqs) <= 3


def test_another_hotels_change_does_not_wake_it(open_stream, housekeeper, hotel, room):
    other = make_hotel(last_seq=500)
    theirs = make_room(hotel=other, status=RoomStatus.CHECKOUT_DIRTY)
    maid = make_staff(hotel=other)
    stream = open_stream(housekeeper)
    first = stream.seq()

    start_cleaning(theirs, maid)
    start_cleaning(room, housekeeper)

    while (seq := stream.seq()) != first + 1:
        assert seq == first  # a heartbeat


def test_while_nothing_happens_it_shows_that_it_is_alive(open_stream, housekeeper, hotel):
    stream = open_stream(housekeeper)

    assert [stream.seq() for _ in range(3)] == [seq_of(hotel)] * 3


def test_a_stranger_gets_404(open_stream, hotel):
    stranger = make_staff(hotel=make_hotel(), role=Role.MANAGER)

    assert open_stream(stranger).status == 404


def test_without_a_session_it_leads_to_the_sign_in_page(open_stream, housekeeper):
    stream = open_stream(housekeeper, session="nobody")

    assert stream.status == 302
    assert stream.answer.headers["Location"].startswith("/sign-in/")


def test_a_browsers_stream_without_a_session_is_not_sent_a_page(open_stream, housekeeper):
    assert open_stream(housekeeper, session="nobody", Accept="text/event-stream").status == 204


def test_a_name_of_the_host_that_is_not_ours_is_refused(open_stream, housekeeper):
    assert open_stream(housekeeper, Host="elsewhere.example").status == 400


def test_it_ends_when_the_member_is_deactivated(open_stream, housekeeper, hotel):
    stream = open_stream(housekeeper)
    housekeeper.active = False
    housekeeper.save()

    stream.wait_for_end()

    assert open_stream(housekeeper).status == 404


def test_it_ends_when_the_user_is_switched_off(open_stream, housekeeper):
    stream = open_stream(housekeeper)
    get_user_model().objects.filter(pk=housekeeper.user.pk).update(is_active=False)

    stream.wait_for_end()


def test_it_ends_with_its_session_and_no_other_does(open_stream, housekeeper, supervisor):
    session = session_of(housekeeper)
    ending, staying = open_stream(housekeeper, session=session), open_stream(supervisor)
    staying.seq()

    Session.objects.filter(session_key=session).delete()

    ending.wait_for_end()
    assert staying.event()


def test_it_ends_when_the_session_has_run_out(open_stream, housekeeper):
    session = session_of(housekeeper)
    stream = open_stream(housekeeper, session=session)

    Session.objects.filter(session_key=session).update(expire_date=timezone.now())

    stream.wait_for_end()


def test_it_ends_with_the_password_that_it_was_opened_with(open_stream, housekeeper):
    stream = open_stream(housekeeper)
    housekeeper.user.set_password("another-password-43")
    housekeeper.user.save()

    stream.wait_for_end()


def test_who_lost_their_right_is_not_even_told_of_the_next_change(
    open_stream, housekeeper, supervisor, hotel, room, settings
):
    settings.LIVE_HEARTBEAT_SECONDS = 60
    session = session_of(housekeeper)
    stream, other = open_stream(housekeeper, session=session), open_stream(supervisor)
    first = stream.seq()
    Session.objects.filter(session_key=session).delete()

    seq = start_cleaning(room, supervisor)

    other.wait_for(seq)
    told = []
    while event := stream.event():
        told.append(event[0])
    assert set(told) <= {f"id: {first}"}


def test_a_session_has_so_many_streams_and_no_more(open_stream, housekeeper, monkeypatch, served):
    monkeypatch.setattr(hub_module, "STREAMS_OF_A_SESSION", 2)
    session = session_of(housekeeper)
    first, _ = (open_stream(housekeeper, session=session) for _ in range(2))

    assert open_stream(housekeeper, session=session).status == 429

    first.close()
    gateway = served[0]
    wait_until(lambda: gateway.hub.sessions[session] == 1)
    assert open_stream(housekeeper, session=session).status == 200


def test_what_was_closed_is_forgotten(open_stream, housekeeper, hotel, served):
    stream = open_stream(housekeeper)
    stream.seq()
    hub = served[0].hub
    assert len(hub.subscriptions()) == 1

    stream.close()

    wait_until(lambda: not hub.subscriptions())
    assert not hub.sessions


@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_server_stops_at_once_with_streams_open_and_ends_them(housekeeper, hotel, workers):
    # What waited for a stream would wait for ten minutes: that the server stops shows that nothing
    # does, however busy the machine is.
    with in_a_process(patience=600, WEB_CONCURRENCY=workers) as (process, url):
        session = session_of(housekeeper)
        streams = [Stream(url, address("stream", hotel), session) for _ in range(5)]
        for stream in streams:
            stream.seq()

        process.terminate()
        process.wait(60)

        for stream in streams:
            stream.wait_for_end()


def test_the_server_stops_soon_though_a_page_hangs(housekeeper, hotel, room):
    with in_a_process() as (process, url):
        session = session_of(housekeeper)
        with transaction.atomic():
            # Whoever changes a room of the hotel waits for this, on either database.
            Hotel.objects.update(name="Busy")
            hanging = threading.Thread(target=answer_or_end, args=(url, session, room))
            hanging.start()
            time.sleep(1)

            process.terminate()
            # The page would hang for as long as this transaction is open.
            process.wait(60)
        hanging.join()
    room.refresh_from_db()
    assert room.room_status == RoomStatus.CHECKOUT_DIRTY


def answer_or_end(url: str, session: str, room) -> None:
    """Start cleaning, or be cut off."""
    with suppress(OSError, http.client.HTTPException, AssertionError):
        act(url, session, room)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server to lose")
def test_a_lost_connection_costs_seconds_and_no_more(open_stream, housekeeper, hotel, room):
    stream = open_stream(housekeeper)
    first = stream.seq()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    start_cleaning(room, housekeeper)

    stream.wait_for(first + 1)


@pytest.fixture
def two_servers(db):
    with in_a_process() as (_, first), in_a_process() as (_, second):
        yield first, second


def test_a_change_in_one_process_wakes_the_streams_of_another(
    two_servers, housekeeper, hotel, room
):
    session = session_of(housekeeper)
    streams = [Stream(url, address("stream", hotel), session) for url in two_servers for _ in "ab"]
    first = [stream.seq() for stream in streams]
    connection.close()

    act(two_servers[0], session, room)

    for stream in streams:
        stream.wait_for(first[0] + 1)
        stream.close()


def act(url: str, session: str, room) -> None:
    """Start cleaning by the server at `url`."""
    token = "t" * 32
    conn = http.client.HTTPConnection(url.removeprefix("http://"), timeout=60)
    conn.request(
        "POST",
        f"/h/{room.hotel.slug}/rooms/{room.number}/start-cleaning/",
        urlencode({"expected_version": room.version, "csrfmiddlewaretoken": token}),
        {
            "Cookie": f"sessionid={session}; csrftoken={token}",
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )
    assert conn.getresponse().status == 302
    conn.close()
