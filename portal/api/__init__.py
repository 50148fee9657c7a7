"""The JSON API: what the pages do, programs can do too, through the same functions.

The contract is in docs/api.md; ninja draws /api/openapi.json and /api/docs from these modules.
"""

import json
from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.parser import Parser
from ninja.renderers import BaseRenderer
from pydantic_core import to_json

from portal.api import bookings, hotel, rooms
from portal.api.access import Session, Token
from portal.api.errors import handle_in
from portal.api.links import add_links


class StrictParser(Parser):
    """Reads a body that is a JSON object."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the body's fields; what is raised here, ninja answers with 400."""
        body = json.loads(request.body)
        if not isinstance(body, dict):
            raise TypeError("The body is not an object.")
        return body


class JsonRenderer(BaseRenderer):
    """Writes times with the offset they carry, to the microsecond."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        """Return the answer's bytes."""
        return to_json(data)


class Api(NinjaAPI):
    """Names each operation in the document as its function is named here."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return the name that generated clients will use."""
        return operation.view_func.__name__

    def get_openapi_schema(self, **given: Any) -> OpenAPISchema:
        """Return the document, with what may follow each operation."""
        schema = super().get_openapi_schema(**given)
        add_links(schema)
        return schema

    def get_content_type(self) -> str:
        """Return the bare type: JSON has no charset, and every answer carries the same header."""
        return self.renderer.media_type or ""


api = Api(
    title="Readyroom",
    version="1",
    description="The rooms of a hotel, from checkout to ready.",
    auth=[Token(), Session()],
    parser=StrictParser(),
    renderer=JsonRenderer(),
)
handle_in(api)
api.add_router("staff/hotels/{slug}/", rooms.router)
api.add_router("staff/hotels/{slug}/", hotel.staff_router)
api.add_router("staff/hotels/{slug}/bookings/", bookings.router)
api.add_router("hotels/{slug}/", hotel.router)
