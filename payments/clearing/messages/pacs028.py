"""Writing pacs.028.001.03: what became of this payment? Its official schema does not come with the portal."""

from datetime import datetime

from lxml import etree

from payments.clearing.messages import safe

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pacs.028.001.03"


def write(*, message_id: str, created_at: datetime, original_message: str, reference: str) -> bytes:
    """This function will write the question about one payment."""
    root = etree.Element(f"{{{NAMESPACE}}}Document", nsmap={None: NAMESPACE})

    def sub(parent: safe.Element, name: str, text: str | None = None) -> safe.Element:
        made = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
        made.text = text
        return made

    body = sub(root, "FIToFIPmtStsReq")
    header = sub(body, "GrpHdr")
    sub(header, "MsgId", message_id)
    sub(header, "CreDtTm", created_at.isoformat(timespec="seconds"))
    group = sub(body, "OrgnlGrpInf")
    sub(group, "OrgnlMsgId", original_message)
    sub(group, "OrgnlMsgNmId", "pacs.008.001.08")
    sub(sub(body, "TxInf"), "OrgnlEndToEndId", reference)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def read(content: bytes) -> str:
    """This function will give the reference that is asked about. Raises safe.Unreadable."""
    root = safe.parse(content)
    if safe.namespace_of(root) != NAMESPACE:
        raise safe.Unreadable("namespace", safe.namespace_of(root))
    return (root.findtext(".//{*}TxInf/{*}OrgnlEndToEndId") or "").strip()
