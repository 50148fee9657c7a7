"""Cleans by attendant."""

from hotel.choices import Role
from rooms.choices import Action, RoomStatus
from rooms.reports.attendants import AttendantRow, cleans_by_attendant
from rooms.reports.turn_times import FirstPass, performance
from tests.factories import make_room, make_room_type, make_staff
from tests.rooms.reports.telling import DAY, at, plain_turnover


def test_an_attendants_row_tells_cleans_minutes_and_first_pass_of_their_own_cleans(
    hotel, room, tell, housekeeper, supervisor, manager
):
    suite = make_room(
        hotel=hotel,
        number="900",
        status=RoomStatus.OCCUPIED,
        room_type=make_room_type(hotel=hotel, code="S", departure_minutes=50),
    )
    tell(
        room,
        *plain_turnover(0)[:3],
        (60, Action.FAIL_INSPECTION),
        (65, Action.START_CLEANING),
        (75, Action.MARK_CLEANED),
        (95, Action.PASS_INSPECTION),
    )
    tell(
        suite,
        (0, Action.CHECK_OUT),
        (45, Action.MARK_CLEANED, {"by": supervisor}),
        (50, Action.PASS_INSPECTION, {"by": manager}),
    )

    assert cleans_by_attendant(hotel, 1, at(100)) == [
        AttendantRow(
            staff_id=housekeeper.pk,
            name="Ana Silva",
            role=Role.HOUSEKEEPER,
            cleans=2,
            cleaning_minutes=20,
            planned_minutes=30,  # the re-clean earns no credits
            first_pass=FirstPass(inspected=1, passed=0),
            failed=1,
        ),
        AttendantRow(
            staff_id=supervisor.pk,
            name="Rui Costa",
            role=Role.SUPERVISOR,
            cleans=1,
            cleaning_minutes=None,
            planned_minutes=50,
            first_pass=FirstPass(inspected=1, passed=1),
            failed=0,
        ),
    ]


def test_the_attendants_first_inspections_are_the_hotels_and_a_reclean_is_nobodys(
    hotel, room, tell, housekeeper
):
    other = make_staff(hotel=hotel, name="Bea Dias")
    tell(
        room,
        *plain_turnover(0)[:3],
        (60, Action.FAIL_INSPECTION),
        (75, Action.MARK_CLEANED, {"by": other}),
        (80, Action.FAIL_INSPECTION),
        (85, Action.MARK_CLEANED, {"by": other}),
        (90, Action.PASS_INSPECTION),
    )

    second, first = cleans_by_attendant(hotel, 1, at(100))

    assert (first.staff_id, first.first_pass) == (housekeeper.pk, FirstPass(inspected=1, passed=0))
    assert (second.staff_id, second.first_pass.rate) == (other.pk, None)
    assert (first.failed, second.failed) == (1, 1)
    assert performance(hotel, 1, at(100)).first_pass == first.first_pass


def test_minutes_of_a_clean_leave_out_its_pauses_and_a_repair(hotel, room, tell):
    tell(
        room,
        (0, Action.CHECK_OUT),
        (10, Action.START_CLEANING),
        (15, Action.STOP_CLEANING),
        (30, Action.START_CLEANING),
        (40, Action.MARK_MAINTENANCE),
        (70, Action.COMPLETE_MAINTENANCE),
        (80, Action.START_CLEANING),
        (90, Action.MARK_CLEANED),
    )

    [row] = cleans_by_attendant(hotel, 1, at(100))

    assert row.cleaning_minutes == 25


def test_a_clean_of_before_the_period_is_credited_when_its_inspection_falls_within(
    hotel, room, tell, housekeeper
):
    tell(room, *plain_turnover(0))

    [row] = cleans_by_attendant(hotel, 1, at(55) + DAY)

    assert (row.staff_id, row.cleans, row.planned_minutes) == (housekeeper.pk, 0, 0)
    assert row.first_pass == FirstPass(inspected=1, passed=1)


def test_an_override_to_cleaned_is_nobodys_clean(hotel, room, tell):
    overridden = {"room_status": RoomStatus.CLEANED_UNINSPECTED}
    tell(
        room,
        *plain_turnover(0)[:2],
        (30, Action.OVERRIDE, overridden),
        (40, Action.FAIL_INSPECTION),
        (50, Action.START_CLEANING),
        (55, Action.MARK_CLEANED),
        (60, Action.FAIL_INSPECTION),
        (65, Action.OVERRIDE, overridden),
        (70, Action.FAIL_INSPECTION),
    )

    [row] = cleans_by_attendant(hotel, 1, at(100))

    assert (row.cleans, row.cleaning_minutes, row.failed) == (1, 5, 1)
    assert performance(hotel, 1, at(100)).first_pass == FirstPass(inspected=1, passed=0)


def test_attendants_stand_by_cleans_then_name(hotel, tell):
    cleaners = [make_staff(hotel=hotel, name=name) for name in ("Zoe", "ben", "Abe", "Cy")]
    for who, times in zip(cleaners, (1, 1, 1, 2), strict=True):
        for _ in range(times):
            one = make_room(hotel=hotel, status=RoomStatus.CHECKOUT_DIRTY)
            tell(one, (0, Action.MARK_CLEANED, {"by": who}))

    names = [row.name for row in cleans_by_attendant(hotel, 1, at(1))]

    assert names == ["Cy", "Abe", "ben", "Zoe"]
