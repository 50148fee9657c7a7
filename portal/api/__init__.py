"""The JSON API: programs can do what people do on the pages, through the same functions.

docs/api.md describes it; ninja makes /api/openapi.json and /api/docs from these modules.
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

from portal.api import bookings, closures, hotel, rooms
from portal.api.access import Session, Token
from portal.api.errors import handle_in
from portal.api.links import add_links


class StrictParser(Parser):
    """Accepts only a body that is a JSON object."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the body's fields. ninja answers with 400 to whatever is raised here."""
        body = json.loads(request.body)
        if not isinstance(body, dict):
            raise TypeError("The body is not an object.")
        return body


class JsonRenderer(BaseRenderer):
    """Writes times with their own UTC offset and with microseconds."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        """Return the answer's bytes."""
        return to_json(data)


class Api(NinjaAPI):
    """Names each operation in the document like its function."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return the name that generated clients will use."""
        return operation.view_func.__name__

    def get_openapi_schema(self, **given: Any) -> OpenAPISchema:
        """Return the document with links added: what can follow each operation."""
        schema = super().get_openapi_schema(**given)
        add_links(schema)
        return schema

    def get_content_type(self) -> str:
        """Return the type without a charset, which JSON does not have."""
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
api.add_router("staff/hotels/{slug}/", closures.router)
api.add_router("staff/hotels/{slug}/", hotel.staff_router)
api.add_router("staff/hotels/{slug}/bookings/", bookings.router)
api.add_router("hotels/{slug}/", hotel.router)
