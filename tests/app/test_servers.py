"""What is known belongs to the Jimaku server that said it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kotozoe.app.commands import explain, identify_chunks
from tests.fakes import Servers, World, serve

ALPHA, BRAVO = "Hoshikuzu Ryokan", "Kaze no Renshuu"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("CONFIG", "CACHE", "STATE", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    return tmp_path / "config.toml"


@pytest.fixture
def here() -> Iterator[Servers]:
    with serve(World.small(), limits=False) as running:
        yield running


@pytest.fixture
def there() -> Iterator[Servers]:
    """Another server, whose ids of two shows are each other's."""
    world = World.small()
    for one, other in ((1234, 1240),):
        first, second = world.entries[one], world.entries[other]
        world.entries |= {one: second, other: first}
        first.row["id"], second.row["id"] = other, one
    with serve(world, limits=False) as running:
        yield running


def use(config: Path, servers: Servers) -> None:
    urls = servers.urls()
    config.write_text(
        f'[jimaku]\nurl = "{urls["jimaku"]}"\napi_key = "{servers.jimaku_key}"\n[anilist]\nurl = "{urls["anilist"]}"\n'
        + "".join(f'[{name}]\nurl = "{urls[name]}"\n' for name in ("relations", "seasons", "titles"))
    )
    config.chmod(0o600)


def entry_of(config: Path, show: str) -> int | None:
    (verdicts,) = identify_chunks(config, iter([[f"[Group] {show} - 05 (1080p).mkv"]]))
    return verdicts[0].entry_id


def files_of(config: Path, show: str) -> str:
    return "\n".join(explain(config, f"[Group] {show} - 05 (1080p).mkv").lines)


def test_another_servers_ids_are_not_believed_and_come_back_with_it(
    config: Path, here: Servers, there: Servers
) -> None:
    use(config, here)
    assert (entry_of(config, ALPHA), entry_of(config, BRAVO)) == (1240, 1234)
    assert "[Hayate] Kaze no Renshuu - 05" in files_of(config, BRAVO)
    use(config, there)
    assert (entry_of(config, ALPHA), entry_of(config, BRAVO)) == (1234, 1240)
    assert "[Hayate] Kaze no Renshuu - 05" in files_of(config, BRAVO)
    here.jimaku.forget()
    use(config, here)
    assert (entry_of(config, ALPHA), entry_of(config, BRAVO)) == (1240, 1234)
    assert "[Hayate] Kaze no Renshuu - 05" in files_of(config, BRAVO)
    assert here.jimaku.requests == []
