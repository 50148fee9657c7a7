"""Hot queries, compiled once.

Django builds the SQL of a queryset again for each request, which takes longer than the database
needs to answer it. A Statement keeps the SQL and only executes it.
"""

import datetime as dt
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import QuerySet
from django.db.models.query import ModelIterable, get_related_populators

M = TypeVar("M")
Value = int | str | dt.date | dt.datetime

# Values that no query has by chance, to find out where each one goes in the SQL's parameters.
SAMPLES: dict[type, Callable[[int], Value]] = {
    int: lambda n: 10_000_019 + n,
    str: lambda n: f"sample {n}",
    dt.date: lambda n: dt.date(9876, 5, 4 + n),
    dt.datetime: lambda n: dt.datetime(9876, 5, 4 + n, tzinfo=dt.UTC),
}


class Statement(Generic[M]):
    """A queryset of some values, compiled at its first use.

    `make` takes the values, of these `kinds`, and returns the queryset. It may use each value any
    number of times, but must build the same query whatever the values are. Rows become instances,
    with what select_related and annotate fetch, or with values_list() tuples, as they do in Django.
    """

    def __init__(self, make: Callable[..., QuerySet[Any, M]], *kinds: type[Value]) -> None:
        self.make = make
        self.kinds = kinds
        self.compiled: _Compiled | None = None

    def rows(self, *values: Value) -> list[M]:
        """Return the instances for these values."""
        if self.compiled is None:
            self.compiled = _Compiled(self.make, self.kinds)
        return self.compiled.execute(values)

    def first(self, *values: Value) -> M | None:
        """Return the first of the instances, or None."""
        return next(iter(self.rows(*values)), None)


class _Compiled:
    """The SQL, where each value goes in its parameters, and how a row becomes an instance."""

    def __init__(self, make: Callable[..., QuerySet[Any]], kinds: tuple[type, ...]) -> None:
        samples = [SAMPLES[kind](n) for n, kind in enumerate(kinds)]
        queryset: Any = make(*samples)
        compiler: Any = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql, self.params = compiler.as_sql()
        adapted = [_adapted(sample) for sample in samples]
        self.places = [
            (place, adapted.index(param))
            for place, param in enumerate(self.params)
            if param in adapted
        ]
        self.compiler = compiler
        # The stubs are of a later Django, which asks for more.
        populators: Any = get_related_populators
        self.instances = issubclass(queryset._iterable_class, ModelIterable)
        if self.instances:
            first, *_, last = compiler.klass_info["select_fields"]
            self.own = slice(first, last + 1)
            self.model = compiler.klass_info["model"]
            self.names = [column.target.attname for column, _, _ in compiler.select[self.own]]
            self.annotations = list(compiler.annotation_col_map.items())
            self.related = populators(compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS)
        self.converters = compiler.get_converters([column for column, _, _ in compiler.select])

    def execute(self, values: tuple[Value, ...]) -> list[Any]:
        params = list(self.params)
        for place, number in self.places:
            params[place] = _adapted(values[number])
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            rows = cursor.fetchall()
        if self.converters:
            rows = self.compiler.apply_converters(rows, self.converters)
        return [self._instance(row) if self.instances else tuple(row) for row in rows]

    def _instance(self, row: Any) -> Any:
        instance = self.model.from_db(DEFAULT_DB_ALIAS, self.names, row[self.own])
        for populator in self.related:
            populator.populate(row, instance)
        for name, place in self.annotations:
            setattr(instance, name, row[place])
        return instance


def insert(instance: Any) -> None:
    """Insert the row, as save() does for a new one, and set its key; no signal is sent."""
    fields = [field for field in instance._meta.local_concrete_fields if not field.primary_key]
    with connection.cursor() as cursor:
        cursor.execute(_insert_sql(instance.__class__), _values(instance, fields))
        (instance.pk,) = cursor.fetchone()
    instance._state.adding, instance._state.db = False, DEFAULT_DB_ALIAS


def update(instance: Any, names: tuple[str, ...]) -> None:
    """Save the fields of these names, as save(update_fields=names) does; no signal is sent."""
    fields = [instance._meta.get_field(name) for name in names]
    with connection.cursor() as cursor:
        cursor.execute(
            _update_sql(instance.__class__, names), [*_values(instance, fields), instance.pk]
        )


@lru_cache
def _insert_sql(model: Any) -> str:
    columns = [field.column for field in model._meta.local_concrete_fields if not field.primary_key]
    marks = ", ".join(["%s"] * len(columns))
    names = ", ".join(map(connection.ops.quote_name, columns))
    return " ".join(
        ["INSERT INTO", model._meta.db_table, f"({names}) VALUES ({marks}) RETURNING id"]
    )


@lru_cache(maxsize=1_000)
def _update_sql(model: Any, names: tuple[str, ...]) -> str:
    columns = [model._meta.get_field(name).column for name in names]
    setting = ", ".join(f"{connection.ops.quote_name(column)} = %s" for column in columns)
    return " ".join(["UPDATE", model._meta.db_table, "SET", setting, "WHERE id = %s"])


def _values(instance: Any, fields: list[Any]) -> list[Any]:
    return [
        field.get_db_prep_save(getattr(instance, field.attname), connection) for field in fields
    ]


def _adapted(value: Value) -> Any:
    """Return the value as the database's driver takes it."""
    if isinstance(value, dt.datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, dt.date) else value
