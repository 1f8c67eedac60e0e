"""Signs small films with Content Credentials, as a studio of our own: its keys live for one run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

GENERATED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
_SETTINGS = {
    "verify": {"verify_after_sign": False},
    "builder": {"thumbnail": {"enabled": False}},
}


def created(**action: Any) -> dict[str, Any]:
    """The action of a generated film; `created(softwareAgent=..., when=...)`."""
    return {"action": "c2pa.created", "digitalSourceType": GENERATED} | action


def manifest(*actions: dict[str, Any], generator: str = "a test", **more: Any) -> dict[str, Any]:
    """A manifest with these actions, as `c2pa` takes it; `more` goes beside them."""
    return {
        "claim_generator_info": [{"name": generator, "version": "929410399:929410399"}],
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [*actions]} | more}],
    }


@dataclass(frozen=True)
class Studio:
    """Someone who signs films."""

    chain: bytes
    key: bytes
    root: bytes
    """The certificate that vouches for them, where it is trusted."""

    def sign(
        self,
        film: Path,
        to: Path,
        made: dict[str, Any],
        *,
        parts: dict[str, Path] | None = None,
        remote: str = "",
        is_embedded: bool = True,
    ) -> Path:
        """A copy of `film` with a manifest. `parts` are films in it, and what they are to it."""
        settings = c2pa.Settings.from_dict(_SETTINGS)
        info = c2pa.C2paSignerInfo(c2pa.C2paSigningAlg.ES256, self.chain, self.key, None)
        with (
            c2pa.Context(settings) as context,
            c2pa.Builder(made, context) as builder,
            c2pa.Signer.from_info(info) as signer,
            film.open("rb") as source,
            to.open("w+b") as signed,
        ):
            for label, part in (parts or {}).items():
                with part.open("rb") as file:
                    relationship = label.partition(" ")[0]
                    told = {"title": part.name, "relationship": relationship, "label": label}
                    builder.add_ingredient(told, "video/mp4", file)
            if remote:
                builder.set_remote_url(remote)
            if not is_embedded:
                builder.set_no_embed()
            builder.sign(signer, "video/mp4", source, signed)
        return to


def open_studio(name: str = "Kiss Studio") -> Studio:
    """A studio with new keys."""
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = _certificate("Studio CA", root_key, "Studio CA", root_key, is_root=True)
    leaf = _certificate(name, key, "Studio CA", root_key)
    return Studio(
        chain=leaf + root,
        key=key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
        root=root,
    )


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    is_root: bool = False,
) -> bytes:
    begin = datetime.now(UTC) - timedelta(days=1)
    usage = dict.fromkeys(
        (
            "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
            "encipher_only", "decipher_only",
        ),
        False,
    )  # fmt: skip
    builder = (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not is_root, key_cert_sign=is_root, crl_sign=is_root, **usage
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
    )
    if not is_root:
        mail = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(mail, critical=True)
    return builder.sign(issuer_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _named(name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, f"{name} signer"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, name),
        ]
    )
