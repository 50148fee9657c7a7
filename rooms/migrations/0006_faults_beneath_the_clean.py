from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('rooms', '0005_closures'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='room',
            name='return_status_while_out_of_service',
        ),
        migrations.AddField(
            model_name='room',
            name='maintenance_stops_sale',
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name='room',
            name='maintenance_until',
            field=models.DateField(editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name='room',
            constraint=models.CheckConstraint(condition=models.Q(('maintenance_required', True), models.Q(('maintenance_stops_sale', False), ('maintenance_until__isnull', True)), _connector='OR'), name='limits_while_maintenance_is_open'),
        ),
        migrations.AddConstraint(
            model_name='room',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('return_status__in', ('CHECKOUT_DIRTY', 'CLEANING_IN_PROGRESS', 'CLEANED_UNINSPECTED', 'READY_FOR_GUEST', 'AVAILABLE')), ('room_status__in', ('MAINTENANCE_REQUIRED', 'OUT_OF_ORDER'))), models.Q(models.Q(('room_status__in', ('MAINTENANCE_REQUIRED', 'OUT_OF_ORDER')), _negated=True), ('return_status', '')), _connector='OR'), name='return_status_while_out_of_service'),
        ),
    ]
