"""The watcher: what it asks the database."""

from portal.live.hub import Subscription
from portal.live.watcher import without_right
from tests.factories import make_staff
from tests.serving import session_of


def test_the_right_of_a_thousand_costs_two_questions(hotel, django_assert_num_queries):
    staff = [make_staff(hotel=hotel) for _ in range(3)]
    keys = [session_of(member) for member in staff]
    subscriptions = {
        Subscription(hotel.pk, member.pk, key, member.user.password, seq)
        for member, key in zip(staff, keys, strict=True)
        for seq in range(333)
    }
    staff[0].active = False
    staff[0].save()

    with django_assert_num_queries(2):
        ended = without_right(subscriptions)

    assert {subscription.staff for subscription in ended} == {staff[0].pk}
    assert len(ended) == 333
