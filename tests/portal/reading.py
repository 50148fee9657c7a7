"""Reads an answer as a person does: what is on the page, where a link leads, what a form holds."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from hotel.models import Hotel
from rooms.choices import Action
from rooms.models import Room

VOID = {"br", "hr", "img", "input", "link", "meta"}


class Node:
    """An element: `node["href"]` is an attribute, `node.text` what a person reads in it."""

    def __init__(self, tag: str, attrs: dict[str, str], parent: "Node | None" = None) -> None:
        self.tag, self.attrs, self.parent = tag, attrs, parent
        self.children: list[Node | str] = []

    def __getitem__(self, name: str) -> str:
        return self.attrs[name]

    def __contains__(self, name: str) -> bool:
        return name in self.attrs

    @property
    def text(self) -> str:
        words = (child if isinstance(child, str) else child.text for child in self.children)
        return " ".join(" ".join(words).split())

    @property
    def value(self) -> str:
        """The raw text, as a textarea keeps it."""
        return "".join(child for child in self.children if isinstance(child, str))

    @property
    def descendants(self) -> "Iterator[Node]":
        for child in self.children:
            if isinstance(child, Node):
                yield child
                yield from child.descendants

    def all(self, tag: str = "", cls: str = "", **attrs: str) -> "list[Node]":
        """Return the elements with this tag, class and attributes (`hx_post` for hx-post)."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attrs.items()}
        return [
            node
            for node in self.descendants
            if (not tag or node.tag == tag)
            and (not cls or cls in node.attrs.get("class", "").split())
            and all(node.attrs.get(name) == value for name, value in wanted.items())
        ]

    def one(self, tag: str = "", cls: str = "", **attrs: str) -> "Node":
        """Return the only such element; `attrs` are its attributes, not its text."""
        found = self.all(tag, cls, **attrs)
        assert len(found) == 1, f"{len(found)} of <{tag} class={cls!r} {attrs}> in: {self.text}"
        return found[0]

    def texts(self, tag: str = "", cls: str = "", **attrs: str) -> list[str]:
        return [node.text for node in self.all(tag, cls, **attrs)]


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self.node = Node("", {})

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        made = Node(tag, {name: value or "" for name, value in attrs}, self.node)
        self.node.children.append(made)
        if tag not in VOID:
            self.node = made

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self.node.children.append(Node(tag, dict(attrs), self.node))

    def handle_endtag(self, tag: str) -> None:
        node: Node | None = self.node
        while node is not None and node.tag != tag:
            node = node.parent
        assert node is not None, f"</{tag}> closes nothing"
        assert node.parent is not None
        self.node = node.parent

    def handle_data(self, data: str) -> None:
        self.node.children.append(data)


def read(response: HttpResponse) -> Node:
    """Return the answer's HTML as a tree."""
    return parse(response.content.decode())


def parse(html: str) -> Node:
    """Return HTML as a tree."""
    tree = _Tree()
    tree.feed(html)
    tree.close()
    return tree.root


def htmx(target: str = "") -> dict[str, str]:
    """Return the headers with which htmx asks, for the element with the id `target`."""
    return {"HX-Request": "true", **({"HX-Target": target} if target else {})}


def address(name: str, hotel: Hotel, *args: str) -> str:
    return reverse(name, args=[hotel.slug, *args])


def action_address(room: Room, action: Action | str) -> str:
    return reverse(
        "room_action", args=[room.hotel.slug, room.number, str(action).replace("_", "-")]
    )


def columns(page: Node) -> dict[str, list[str]]:
    """Return the room numbers on a board, by column, in the order shown."""
    return {
        cards["data-column"]: [card.one(cls="no").text for card in cards.all("article")]
        for cards in page.all(cls="cards")
    }


def toast(page: Node) -> Node:
    """Return what htmx puts into the page's corner."""
    found = page.one(id="toasts")
    assert found.attrs.get("hx-swap-oob") == "innerHTML"
    return found


def aimed_at(button: Node) -> str:
    """Return the id of the element that htmx will swap; in CSS a bare dot would begin a class."""
    target = re.fullmatch(r"""#([\w-]+)|\[id=(['"])(.+)\2\]""", button["hx-target"])
    assert target, f"no element has the id that {button['hx-target']} asks for"
    return target[1] or target[3]


def fields(page: Node) -> dict[str, str]:
    """Return what the page's form would send if nothing were typed."""
    form = page.one("form", "act")
    sent = {
        field["name"]: field.attrs.get("value", "")
        for field in form.all("input")
        if field.attrs.get("type") not in ("radio", "checkbox") or "checked" in field
    }
    return sent | {area["name"]: area.value.lstrip("\n") for area in form.all("textarea")}
