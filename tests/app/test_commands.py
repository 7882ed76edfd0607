"""What commands say where little is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from kotozoe.app.commands import choose_lines, explain, identify_chunks
from kotozoe.errors import UserError
from tests.fakes import World, serve

NAME = "[Hayate] Kaze no Renshuu - 03 (1080p).mkv"
LACK = "Jimaku's list of entries is not known: "


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONFIG", "CACHE", "STATE", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.delenv("KOTOZOE_JIMAKU_API_KEY", raising=False)


def test_a_name_that_fits_nothing_because_nothing_is_known_is_answered_so(tmp_path: Path) -> None:
    with serve(World.small(), limits=False) as servers:
        urls = servers.urls()
        config = tmp_path / "config.toml"
        config.write_text(
            "[anilist]\nenabled = false\n"
            + "".join(f'[{name}]\nurl = "{urls[name]}"\n' for name in ("jimaku", "relations", "seasons", "titles"))
        )
        ((verdict,),) = identify_chunks(config, iter([[NAME]]))
        lines = explain(config, NAME).lines
    assert verdict.status == "unknown"
    assert f"{LACK}127.0.0.1" in verdict.why
    assert [line for line in lines if line.startswith(LACK)] == [verdict.why[verdict.why.index(LACK) :]]


def test_a_request_that_lacks_something_is_named(tmp_path: Path) -> None:
    good = {"files": ["Kaze - 03.srt"], "video": "[G] Kaze - 03.mkv", "episode": 3}
    answers = choose_lines(tmp_path / "config.toml", iter([good, {"files": 5}]))
    assert next(answers)["choice"] == "Kaze - 03.srt"
    with pytest.raises(UserError, match=r'^Request 2: "files" must be a list'):
        next(answers)
