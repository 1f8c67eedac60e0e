"""Reads a film's C2PA manifests: with which model it was made, and when.

Only to be called in a process of its own: what it reads is not to be trusted, and the library
that reads it is native code.

The rule, by the names of the C2PA specification 2.3 (18.15 Actions, 18.16 Ingredients):

- The action `c2pa.created` with a `digitalSourceType` of generated media says how a film came to
  be. Its `softwareAgent` is the model; its `when`, else the time of the signature, the date.
- The manifest of an edited film has no such action; that of its parent may have one (`parentOf`),
  and so on back; in a montage those of its parts (`componentOf`). Parts made with several models
  have no one model to name, and the last date counts.
- The `claim_generator_info` is not asked for the model: it names what wrote the manifest. Google's
  Veo names no model, so that its films keep the one in their folder's name.
- Nothing is taken from a manifest that is not whole (14.3: valid): where its signature, the
  film's own hash or an ingredient does not match. Who signed is another question: a certificate
  that nobody here vouches for, or that has run out, is taken and said to be not verified.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from installation.decode.container import open_regular
from installation.film import PartialDate
from installation.library.credentials import Credentials, tidy

SETTINGS = {
    "verify": {
        "verify_after_reading": True,
        "verify_trust": True,
        "remote_manifest_fetch": False,
        "ocsp_fetch": False,
    }
}
"""Nothing is ever asked of the network."""
_GENERATED = frozenset(
    ("trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "algorithmicMedia")
)
_SIGNER_UNKNOWN = re.compile(
    r"signingCredential\.(untrusted|invalid|expired)|claimSignature\.outsideValidity|timeStamp\..+"
)
_VERSION = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){0,2}")
_MALFORMED = (LookupError, TypeError, ValueError, AttributeError, RecursionError)


def read_credentials(path: Path) -> Credentials | None:
    """What the film's manifests say; None where it carries none itself."""
    import c2pa  # late: it loads 23 MB of native code

    context = c2pa.Context(c2pa.Settings.from_dict(SETTINGS))
    with os.fdopen(open_regular(path), "rb") as file:
        try:
            with c2pa.Reader("video/mp4", file, context=context) as reader:
                store = json.loads(reader.json())
        except (c2pa.C2paError.ManifestNotFound, c2pa.C2paError.RemoteManifest):
            return None
        except (c2pa.C2paError, *_MALFORMED):
            return Credentials(problem="damaged")
    return credentials_in(store)


def credentials_in(store: Any) -> Credentials:
    """What a manifest store says, as `c2pa` writes it in JSON and has checked it."""
    try:
        failures = set(_failures(store["validation_results"]))
        if any(code.endswith("Hash.mismatch") for code in failures):
            return Credentials(problem="changed")
        if failures:
            return Credentials(problem="damaged")
        label = store["active_manifest"]
        origins = list(_origins(store["manifests"], label, set()))
        models = {origin.model for origin in origins}
        return Credentials(
            model=models.pop() if len(models) == 1 else "",
            date=max((origin.date for origin in origins if origin.date), default=None),
            signer=_signer(store["manifests"][label]),
            is_verified=store["validation_state"] == "Trusted",
        )
    except _MALFORMED:
        return Credentials(problem="damaged")


def _failures(results: Mapping[str, Any]) -> Iterator[str]:
    """The codes of what is wrong with the manifests themselves, not with who signed them."""
    deltas = [one["validationDeltas"] for one in results.get("ingredientDeltas") or ()]
    for told in (results["activeManifest"], *deltas):
        for failure in told["failure"]:
            if not _SIGNER_UNKNOWN.fullmatch(failure["code"]):
                yield failure["code"]


class _Origin(NamedTuple):
    """How a film, or a part of it, came to be."""

    model: str
    date: PartialDate | None


def _origins(manifests: Mapping[str, Any], label: str, seen: set[str]) -> Iterator[_Origin]:
    if label in seen or label not in manifests:
        return
    seen.add(label)
    manifest = manifests[label]
    for assertion in manifest.get("assertions") or ():
        if assertion["label"].startswith("c2pa.actions"):
            for action in assertion["data"]["actions"]:
                if _is_generation(action):
                    yield _Origin(_model(action, assertion["data"]), _date(action, manifest))
                    return
    ingredients = manifest.get("ingredients") or ()
    parents = [one for one in ingredients if one["relationship"] == "parentOf"]
    parts = [one for one in ingredients if one["relationship"] == "componentOf"]
    for ingredient in parents or parts:
        results = ingredient.get("validation_results")
        if ingredient.get("active_manifest") and not (results and list(_failures(results))):
            yield from _origins(manifests, ingredient["active_manifest"], seen)


def _is_generation(action: Mapping[str, Any]) -> bool:
    kind = str(action.get("digitalSourceType") or "").rpartition("/")[2]
    return action["action"] == "c2pa.created" and kind in _GENERATED


def _model(action: Mapping[str, Any], assertion: Mapping[str, Any]) -> str:
    """ "Sora 2" of the name Sora and the version 2; numbers of builds are left out."""
    agent = action.get("softwareAgent")
    if agent is None and "softwareAgentIndex" in action:
        agent = assertion["softwareAgents"][action["softwareAgentIndex"]]
    if isinstance(agent, str) or not agent:
        return tidy(agent or "")
    name, version = tidy(agent["name"]), agent.get("version") or ""
    is_telling = _VERSION.fullmatch(version) and version not in name
    return tidy(f"{name} {version}") if is_telling else name


def _date(action: Mapping[str, Any], manifest: Mapping[str, Any]) -> PartialDate | None:
    for moment in (action.get("when"), (manifest.get("signature_info") or {}).get("time")):
        try:
            return PartialDate.parse(str(moment)[:10])
        except ValueError:
            continue
    return None


def _signer(manifest: Mapping[str, Any]) -> str:
    signature = manifest.get("signature_info") or {}
    return tidy(signature.get("issuer") or signature.get("common_name") or "")
