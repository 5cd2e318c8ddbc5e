"""An operator as the tests have one: signed in, with forms as the pages send them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from werkzeug.test import TestResponse

from catalogue.opening import Catalogue
from tests.web.page import Page, read_page
from web.app import create_app
from web.operators import FORM_TOKEN

TOKEN = "a-long-token"
OURS = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}


class Operator:
    """A client of the application that has signed in under a name."""

    def __init__(self, catalogue: Catalogue, name: str = "Ada", token: str = TOKEN) -> None:
        self.client = create_app(catalogue).test_client()
        form = {"name": name, "token": token}
        answer = self.client.post("/admin/sign-in", data=form, headers=OURS)
        assert answer.status_code == 303, answer.text
        found = re.search(rf'name="{FORM_TOKEN}" value="([^"]+)"', self.client.get("/admin").text)
        assert found is not None
        self.form_token = found[1]

    def page(self, path: str, status: int = 200) -> Page:
        """A page, which is valid HTML."""
        return self._read(self.client.get(path), status)

    def send(self, path: str, form: Mapping[str, Any] | None = None) -> TestResponse:
        """A form of one of the pages."""
        data = {FORM_TOKEN: self.form_token, **(form or {})}
        return self.client.post(path, data=data, headers=OURS)

    def done(self, path: str, form: Mapping[str, Any] | None = None) -> str:
        """What the next page says that a form has done."""
        answer = self.send(path, form)
        assert answer.status_code == 303, answer.text
        return self.page(answer.headers["Location"]).text_of("said")

    def fault(self, path: str, form: Mapping[str, Any] | None = None, status: int = 400) -> str:
        """Why a form has done nothing."""
        return self._read(self.send(path, form), status).text_of("fault")

    @staticmethod
    def _read(answer: TestResponse, status: int) -> Page:
        assert answer.status_code == status, answer.text
        page = read_page(answer.text)
        assert page.errors == [] and page.repeated_ids() == []
        assert answer.headers["Cache-Control"] == "private, no-store"
        return page
