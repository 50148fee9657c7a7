"""The admin's addresses and answers, as its tests ask for them."""

from django.urls import reverse


def page(row, name: str = "change") -> str:
    return reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_{name}", args=[row.pk])


def new(model) -> str:
    return reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_add")


def errors(response) -> dict:
    """Return the form's errors, by field."""
    return dict(response.context["adminform"].form.errors)
