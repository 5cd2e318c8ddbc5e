"""XML as text, for records that are written by hand."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr


def tag(name: str, text: object, **attributes: str | None) -> str:
    """An element with text; a trailing «_» of an attribute's name is dropped, «__» is a colon."""
    return f"<{name}{_attributes(attributes)}>{escape(str(text))}</{name}>"


def wrap(name: str, *children: str, **attributes: str | None) -> str:
    """An element with elements inside."""
    return f"<{name}{_attributes(attributes)}>{''.join(children)}</{name}>"


def _attributes(attributes: dict[str, str | None]) -> str:
    return "".join(
        f" {key.rstrip('_').replace('__', ':')}={quoteattr(value)}"
        for key, value in attributes.items()
        if value is not None
    )
