"""Reading XML that somebody else wrote: nothing is resolved, expanded or fetched, and a document type is refused."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from lxml import etree

SCHEMAS = Path(__file__).resolve().parent.parent / "schemas"
_DECLARED = re.compile(r"""^<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
BOM = "\ufeff"
Element: TypeAlias = Any  # lxml's element; the package brings no types


class Unreadable(Exception):
    """The message cannot be taken; `cause` is a code of payments.clearing.causes."""

    def __init__(self, cause: str, detail: str = "") -> None:
        super().__init__(f"{cause}: {detail}" if detail else cause)
        self.cause, self.detail = cause, detail


def parse(content: bytes) -> Element:
    """This function will read a message in UTF-8 without a document type. Raises Unreadable."""
    try:
        text = content.decode("utf-8").removeprefix(BOM)
    except UnicodeDecodeError as error:
        raise Unreadable("encoding", "not UTF-8") from error
    declared = _DECLARED.match(text)
    if declared and declared[1].lower() != "utf-8":
        raise Unreadable("encoding", declared[1])
    # In UTF-8 these can hide nowhere: without a document type there are no entities to expand or fetch.
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise Unreadable("doctype")
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, dtd_validation=False, huge_tree=False, recover=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        return etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable("malformed", str(error)[:200]) from error


def namespace_of(root: Element) -> str:
    """This function will give the namespace of a message's outermost element; "" when it has none."""
    return str(etree.QName(root).namespace or "")


def plain(text: str, most: int) -> str:
    """This function will give what XML can carry of a text, on one line."""
    return " ".join(_NOT_XML.sub("", text).split())[:most]


def one(body: Element, name: str) -> Element:
    """This function will find the one element of a name among the children. Raises Unreadable."""
    found = body.findall(f"{{*}}{name}")
    if len(found) != 1:
        raise Unreadable("incomplete", name)
    return found[0]


def said(body: Element, name: str, most: int) -> str:
    """This function will read a text that must be there, once and no longer than allowed. Raises Unreadable."""
    text = (one(body, name).text or "").strip()
    if not 0 < len(text) <= most:
        raise Unreadable("incomplete", name)
    return text


@lru_cache(maxsize=8)
def _schema(name: str) -> etree.XMLSchema:
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)
    return etree.XMLSchema(etree.parse(str(SCHEMAS / f"{name}.xsd"), parser))


def validate(root: Element, name: str) -> None:
    """This function will hold a message against the official schema of this name. Raises Unreadable."""
    schema = _schema(name)
    if not schema.validate(root):
        raise Unreadable("schema", str(schema.error_log.last_error)[:300])
