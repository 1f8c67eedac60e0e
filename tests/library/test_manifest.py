"""Model and date come from a film's C2PA manifest, if it is whole, and no network is asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import c2pa
import pytest

from installation.film import PartialDate
from installation.library.credentials import Credentials
from installation.library.manifest import SETTINGS, credentials_in, read_credentials
from tests.signing import Studio, created, manifest, open_studio

SORA = created(softwareAgent={"name": "Sora", "version": "2"}, when="2024-12-09T10:00:00Z")
VEO = created(softwareAgent={"name": "Veo"}, when="2025-05-20T00:00:00Z")
COMPOSITE = "http://cv.iptc.org/newscodes/digitalsourcetype/composite"


def _edit(*ingredients: str) -> dict[str, Any]:
    opened = {"action": "c2pa.opened", "parameters": {"ingredientIds": [*ingredients]}}
    return manifest(opened, {"action": "c2pa.edited", "softwareAgent": {"name": "Premiere"}})


def _montage(*ingredients: str) -> dict[str, Any]:
    begun = created(digitalSourceType=COMPOSITE, softwareAgent={"name": "Premiere"})
    return manifest(begun, {"action": "c2pa.placed", "parameters": {"ingredientIds": ingredients}})


@pytest.fixture(scope="module")
def studio() -> Studio:
    return open_studio()


@pytest.fixture
def film(clip: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(clip)
    return path


@pytest.fixture
def sora(film: Path, studio: Studio) -> Path:
    return studio.sign(film, film.with_name("sora.mp4"), manifest(SORA))


@pytest.fixture
def veo(film: Path, studio: Studio) -> Path:
    return studio.sign(film, film.with_name("veo.mp4"), manifest(VEO))


def _store(film: Path, *, trusted: bytes = b"") -> Any:
    told = SETTINGS | {"trust": {"trust_anchors": trusted.decode()}} if trusted else SETTINGS
    with (
        c2pa.Context(c2pa.Settings.from_dict(told)) as context,
        film.open("rb") as file,
        c2pa.Reader("video/mp4", file, context=context) as reader,
    ):
        return json.loads(reader.json())


def test_a_generated_film_tells_its_model_and_its_day(sora: Path) -> None:
    assert read_credentials(sora) == Credentials(
        model="Sora 2", date=PartialDate(2024, 12, 9), signer="Kiss Studio"
    )


def test_a_signer_that_somebody_vouches_for_is_verified(sora: Path, studio: Studio) -> None:
    told = credentials_in(_store(sora, trusted=studio.root))
    assert (told.is_verified, told.name) == (True, "Content Credentials signed by Kiss Studio")
    stranger = credentials_in(_store(sora, trusted=open_studio().root))
    assert (stranger.is_verified, stranger.model) == (False, "Sora 2")
    assert stranger.name == "Content Credentials signed by Kiss Studio, signer not verified"


@pytest.mark.parametrize(
    ("action", "more", "model"),
    [
        ({"softwareAgent": "Adobe Firefly 1.0"}, {}, "Adobe Firefly 1.0"),
        ({"softwareAgent": {"name": "Gen-4", "version": "929410399:929410399"}}, {}, "Gen-4"),
        ({"softwareAgent": {"name": "Kling 2.1", "version": "2.1"}}, {}, "Kling 2.1"),
        ({"softwareAgentIndex": 1}, {"softwareAgents": [{"name": "A"}, {"name": "B"}]}, "B"),
        ({"softwareAgent": {"name": "So\u202era\n\x1b[2J" + 99 * "a"}}, {}, None),
        ({"description": "Created by Google Generative AI."}, {}, ""),  # as Veo does
    ],
)
def test_the_model_is_the_agent_that_created_the_film(
    film: Path, studio: Studio, action: dict[str, Any], more: dict[str, Any], model: str | None
) -> None:
    signed = studio.sign(film, film.with_name("s.mp4"), manifest(created(**action), **more))
    told = read_credentials(signed)
    assert told is not None
    assert told.problem == ""
    if model is None:
        assert told.model.startswith("So ra [2Jaaa")
        assert len(told.model) == 80
    else:
        assert told.model == model


@pytest.mark.parametrize(
    "action",
    [
        {"action": "c2pa.created", "softwareAgent": {"name": "A camera"}, "digitalSourceType":
            "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"},
        created(digitalSourceType=COMPOSITE, softwareAgent={"name": "Premiere"}),
    ],
)  # fmt: skip
def test_what_no_model_made_names_none(film: Path, studio: Studio, action: dict[str, Any]) -> None:
    signed = studio.sign(film, film.with_name("s.mp4"), manifest(action))
    assert read_credentials(signed) == Credentials(signer="Kiss Studio")


def test_an_edited_film_has_the_model_and_day_of_what_was_edited(sora: Path) -> None:
    once = open_studio("First Edit").sign(
        sora, sora.with_name("1.mp4"), _edit("parentOf"), parts={"parentOf": sora}
    )
    twice = open_studio("Second Edit").sign(
        once, sora.with_name("2.mp4"), _edit("parentOf"), parts={"parentOf": once}
    )
    assert read_credentials(twice) == Credentials(
        model="Sora 2", date=PartialDate(2024, 12, 9), signer="Second Edit"
    )


def test_a_montage_has_the_model_that_made_all_of_it(
    film: Path, studio: Studio, sora: Path, veo: Path
) -> None:
    labels = ("componentOf 1", "componentOf 2")
    later = studio.sign(
        film, film.with_name("l.mp4"), manifest(SORA | {"when": "2025-01-02T00:00:00Z"})
    )
    for second, model, date in [(later, "Sora 2", (2025, 1, 2)), (veo, "", (2025, 5, 20))]:
        parts = dict(zip(labels, (sora, second), strict=True))
        signed = studio.sign(film, film.with_name("s.mp4"), _montage(*labels), parts=parts)
        told = read_credentials(signed)
        assert told is not None
        assert (told.model, told.date) == (model, PartialDate(*date))


def test_where_no_moment_is_told_the_signature_s_counts(sora: Path) -> None:
    store = _store(sora)
    (made,) = store["manifests"].values()
    made["signature_info"]["time"] = "2025-01-31T23:59:59+00:00"
    (action,) = made["assertions"][1]["data"]["actions"]
    for when in (None, "yesterday", "2024-02-31T00:00:00Z"):
        action["when"] = when
        assert credentials_in(store).date == PartialDate(2025, 1, 31)
    del made["signature_info"]["time"]
    assert credentials_in(store).date is None


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("signingCredential.expired", ""),
        ("timeStamp.untrusted", ""),
        ("assertion.bmffHash.mismatch", "changed"),
        ("claimSignature.mismatch", "damaged"),
        ("assertion.hashedURI.mismatch", "damaged"),
        ("signingCredential.revoked", "damaged"),
        ("something.new", "damaged"),
    ],
)
def test_only_doubts_about_the_signer_leave_a_manifest_in_use(
    sora: Path, code: str, problem: str
) -> None:
    store = _store(sora)
    store["validation_results"]["activeManifest"]["failure"].append({"code": code})
    told = credentials_in(store)
    assert told.problem == problem
    assert (told.model, told.is_verified) == ("" if problem else "Sora 2", False)


def test_a_film_that_was_changed_tells_nothing(sora: Path) -> None:
    content = bytearray(sora.read_bytes())
    content[content.index(b"mdat") + 40] ^= 1
    sora.write_bytes(content)
    assert read_credentials(sora) == Credentials(problem="changed")


def test_a_manifest_that_was_forged_tells_nothing(sora: Path) -> None:
    sora.write_bytes(sora.read_bytes().replace(b"Sora", b"Mona"))
    assert read_credentials(sora) == Credentials(problem="damaged")


def test_what_was_changed_before_it_was_edited_names_no_model(sora: Path, studio: Studio) -> None:
    content = bytearray(sora.read_bytes())
    content[content.index(b"mdat") + 40] ^= 1
    sora.write_bytes(content)
    edited = studio.sign(sora, sora.with_name("e.mp4"), _edit("parentOf"), parts={"parentOf": sora})
    assert read_credentials(edited) == Credentials(signer="Kiss Studio")


@pytest.mark.parametrize(
    "damage",
    [
        lambda made: made.update(assertions=[], ingredients=[{}]),
        lambda made: made.update(assertions=[{"label": "c2pa.actions", "data": []}]),
        lambda made: made.update(assertions={"label": 1}),
        lambda made: made.update(signature_info={"issuer": 1}),
        lambda made: made["assertions"][1]["data"]["actions"][0].update(softwareAgent=[1]),
    ],
)
def test_a_store_of_another_shape_tells_nothing(sora: Path, damage: Any) -> None:
    store = _store(sora)
    damage(next(iter(store["manifests"].values())))
    assert credentials_in(store) == Credentials(problem="damaged")


def test_manifests_that_lead_in_a_circle_come_to_an_end(sora: Path) -> None:
    store = _store(sora)
    label = store["active_manifest"]
    back = {"relationship": "parentOf", "active_manifest": label}
    store["manifests"][label] |= {"assertions": [], "ingredients": [back, back]}
    assert credentials_in(store) == Credentials(signer="Kiss Studio")


def test_a_film_without_a_manifest_has_no_credentials(film: Path) -> None:
    assert read_credentials(film) is None


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """A web server of this machine: where a manifest would be, and what was asked of it."""
    requests: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)
            self.send_error(404)

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}/manifest.c2pa", requests
        http.shutdown()
        thread.join()


@pytest.mark.parametrize("is_embedded", [True, False])
def test_a_manifest_elsewhere_is_never_fetched(
    film: Path, studio: Studio, server: tuple[str, list[str]], is_embedded: bool
) -> None:
    url, requests = server
    to = film.with_name("remote.mp4")
    signed = studio.sign(film, to, manifest(SORA), remote=url, is_embedded=is_embedded)
    assert url.encode() in signed.read_bytes()
    told = read_credentials(signed)
    assert (told is not None and told.model == "Sora 2") is is_embedded
    assert requests == []
    if not is_embedded:  # without our settings the library does fetch it
        with c2pa.Context() as context, signed.open("rb") as file, pytest.raises(c2pa.C2paError):
            c2pa.Reader("video/mp4", file, context=context)
        assert requests == ["/manifest.c2pa"]
