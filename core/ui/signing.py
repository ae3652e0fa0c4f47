"""Papers of the bank are signed (PAdES, ETSI EN 319 142-1, level B-B): whoever opens one sees whether it was changed.

`settings.PAPER_SEAL` names a PEM file with a private key, its certificate, and those above it if there are any.
`manage.py make_paper_seal` makes one that no reader trusts by itself, and the demo bank does so when it first needs
one; a bank puts its own in that place. With an empty setting papers go out unsigned, which `check --deploy` refuses.
"""

import io
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.utils import timezone
from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_cms import select_suitable_signing_md
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

FIELD = "Seal"
YEARS = 5  # of a seal that is made here


class NoSeal(Exception):
    """The file that `PAPER_SEAL` names is absent, cannot be read, or its certificate is not valid now."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a look at a file says: whether it carries our signature, whether it is as it was signed, and since when."""

    signed: bool
    untouched: bool = False
    ours: bool = False
    signer: str = ""
    signed_at: datetime | None = None

    @property
    def genuine(self) -> bool:
        return self.signed and self.untouched and self.ours


def signed(pdf: bytes, *, reason: str, now: datetime) -> bytes:
    """This function will sign a paper, saying why, or hand it back as it is when the bank has no seal set.

    Raises NoSeal when one is set and cannot be used at `now`: a paper that should be signed does not leave unsigned.
    """
    if not settings.PAPER_SEAL:
        return pdf
    signer = _signer(str(settings.PAPER_SEAL))
    certificate = _certificate(signer)
    if not certificate.not_valid_before <= now <= certificate.not_valid_after:
        raise NoSeal(f"the certificate in {settings.PAPER_SEAL} is valid until {certificate.not_valid_after:%Y-%m-%d}")
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD,
        name=settings.BRAND["name"]["en"],
        reason=reason,
        md_algorithm=select_suitable_signing_md(certificate.public_key),
        subfilter=SigSeedSubFilter.PADES,
    )
    try:
        made = signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), meta, signer=signer)
    except (PdfError, SigningError) as error:
        raise NoSeal(f"the paper could not be signed: {error}") from error
    return bytes(made.getvalue())


def look(pdf: bytes) -> Found:
    """This function will say whether a file is a paper that this bank signed, and whether it is still as it was.

    Raises ValueError for what is no PDF.
    """
    try:
        signatures = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    except (PdfError, ValueError, OSError) as error:
        raise ValueError("this is no PDF that can be read") from error
    if not signatures:
        return Found(signed=False)
    last = signatures[-1]
    own = _certificate(_signer(str(settings.PAPER_SEAL))) if settings.PAPER_SEAL else None
    trust = ValidationContext(trust_roots=[own] if own else [], allow_fetching=False)
    status = validate_pdf_signature(last, trust)
    coverage = status.coverage is not None and status.coverage.name == "ENTIRE_FILE"
    return Found(
        signed=True,
        untouched=bool(status.intact and status.valid and coverage),
        ours=bool(own and status.signing_cert and status.signing_cert.dump() == own.dump()),
        signer=str(status.signing_cert.subject.human_friendly) if status.signing_cert else "",
        signed_at=status.signer_reported_dt,
    )


def problem(now: datetime) -> str:
    """This function will say in a sentence why papers cannot be signed at a moment; "" when they can."""
    if not settings.PAPER_SEAL:
        return "No seal is set: papers go out unsigned."
    try:
        certificate = _certificate(_signer(str(settings.PAPER_SEAL)))
    except NoSeal as error:
        return f"{error}."
    if not certificate.not_valid_before <= now <= certificate.not_valid_after:
        return f"The seal's certificate is valid until {certificate.not_valid_after:%Y-%m-%d}."
    return ""


def new_seal(*, name: str, now: datetime) -> bytes:
    """This function will make a key and a certificate for it that nobody else vouches for, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, name), x509.NameAttribute(NameOID.COMMON_NAME, f"{name} papers")]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now.astimezone(UTC) - timedelta(hours=1))
        .not_valid_after(now.astimezone(UTC) + timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
                key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
            ),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + certificate.public_bytes(serialization.Encoding.PEM)


def make(path: Path, *, now: datetime) -> bool:
    """This function will put a new seal at a path, readable by its owner alone; False when one is there already."""
    made = new_seal(name=settings.BRAND["name"]["en"], now=now)
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(made)
    try:
        os.link(half, path)  # whole or not at all, and never over another
    except FileExistsError:
        return False
    finally:
        half.unlink()
    return True


@lru_cache(maxsize=4)
def _signer(path: str) -> signers.SimpleSigner:
    if settings.DEMO and not Path(path).exists():
        make(Path(path), now=timezone.now())
    try:
        content = Path(path).read_bytes()
        key = load_private_key_from_pemder_data(content, passphrase=None)
        chain: Sequence[asn1_x509.Certificate] = list(load_certs_from_pemder_data(content))
    except (OSError, ValueError, TypeError) as error:
        raise NoSeal(f"the seal {path} cannot be read: {error}") from error
    if not chain:
        raise NoSeal(f"the seal {path} has no certificate")
    store = SimpleCertificateStore()
    store.register_multiple(chain[1:])
    return signers.SimpleSigner(signing_cert=chain[0], signing_key=key, cert_registry=store)


def _certificate(signer: signers.SimpleSigner) -> asn1_x509.Certificate:
    if signer.signing_cert is None:
        raise NoSeal("the seal has no certificate")
    return signer.signing_cert
