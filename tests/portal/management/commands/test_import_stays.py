"""The command that imports stays."""

import pytest
from django.core.management import CommandError, call_command

from stays.models import Booking


def test_the_command_tells_what_it_did(hotel, stays_file, capsys):
    call_command("import_stays", hotel.slug, stays_file({}, {"booking_id": "R-2", "adults": "x"}))

    told = capsys.readouterr()
    assert told.out == (
        "Stays: 1 added, 0 already there.\nNew room types: A, D.\nRoom types without rooms: A, D.\n"
    )
    assert told.err == ("line 3: adults: “x” is not a whole number\n1 bad line, not imported.\n")


def test_the_strict_command_fails_and_tells_every_bad_line(hotel, stays_file, capsys):
    path = stays_file({}, {"adults": "x"}, {"status": "LOST"})
    with pytest.raises(CommandError, match="2 bad lines: nothing was imported"):
        call_command("import_stays", hotel.slug, path, strict=True)

    assert capsys.readouterr().err.splitlines() == [
        "line 3: adults: “x” is not a whole number",
        "line 4: status: “LOST” is unknown",
    ]
    assert not Booking.objects.exists()


def test_an_unknown_hotel_is_refused_with_the_names_there_are(hotel, stays_file):
    with pytest.raises(CommandError, match=r"no hotel “moon”\. Hotels: grand"):
        call_command("import_stays", "moon", stays_file({}))
