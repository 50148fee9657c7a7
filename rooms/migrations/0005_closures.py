import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('hotel', '0002_business_day_and_booking_horizon'),
        ('rooms', '0004_most_guests_of_a_type'),
    ]

    operations = [
        migrations.CreateModel(
            name='Closure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('OUT_OF_ORDER', 'Out of order: off sale'), ('OUT_OF_SERVICE', 'Out of service: sold, but given last')], max_length=14)),
                ('status', models.CharField(choices=[('PLANNED', 'Planned'), ('RUNNING', 'Running'), ('ENDED', 'Ended'), ('CANCELLED', 'Cancelled')], default='PLANNED', max_length=9)),
                ('start', models.DateField()),
                ('until', models.DateField(null=True)),
                ('reason', models.TextField()),
                ('needs_cleaning', models.BooleanField(default=False)),
                ('planned_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ended_on', models.DateField(null=True)),
            ],
            options={
                'ordering': ('start', 'pk'),
            },
        ),
        migrations.AddField(
            model_name='room',
            name='is_out_of_service',
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AlterField(
            model_name='roomevent',
            name='source',
            field=models.CharField(choices=[('PORTAL', 'Portal'), ('API', 'API'), ('ADMIN', 'Admin'), ('IMPORT', 'Import'), ('REPLAY', 'Replay'), ('DAY_TURN', "Day's turn")], max_length=10),
        ),
        migrations.AddField(
            model_name='closure',
            name='planned_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hotel.staff'),
        ),
        migrations.AddField(
            model_name='closure',
            name='room',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='closures', to='rooms.room'),
        ),
        migrations.AddConstraint(
            model_name='closure',
            constraint=models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gt', models.F('start')), _connector='OR'), name='closure_ends_after_its_start'),
        ),
        migrations.AddConstraint(
            model_name='closure',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['OUT_OF_ORDER', 'OUT_OF_SERVICE']), ('status__in', ['PLANNED', 'RUNNING', 'ENDED', 'CANCELLED'])), name='closure_kind_and_status_known'),
        ),
        migrations.AddConstraint(
            model_name='closure',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'RUNNING')), fields=('room', 'kind'), name='one_running_closure_of_a_kind'),
        ),
    ]
