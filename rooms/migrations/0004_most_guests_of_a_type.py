import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('rooms', '0003_append_only_log'),
    ]

    operations = [
        migrations.AddField(
            model_name='roomtype',
            name='max_adults',
            field=models.PositiveSmallIntegerField(blank=True, help_text='In one room. Empty: no limit.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='most adults'),
        ),
        migrations.AddField(
            model_name='roomtype',
            name='max_persons',
            field=models.PositiveSmallIntegerField(blank=True, help_text='Adults and children in one room. Empty: no limit.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='most persons'),
        ),
    ]
