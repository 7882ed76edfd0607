from __future__ import annotations

import pytest

from kotozoe.errors import Malformed, Missing, Unavailable
from kotozoe.model import Urgency
from kotozoe.providers.reference_lists import ReferenceLists
from kotozoe.requests.host import HostDeps
from tests.fakes import Fault, Servers

REFRESH = Urgency.REFRESH


async def test_a_list_is_fetched_once_and_again_only_when_changed(references: ReferenceLists, servers: Servers) -> None:
    first = await references.fetch_reference(servers.files.relations_url, None, REFRESH)
    assert first is not None
    assert first.content == servers.world.rules
    assert await references.fetch_reference(servers.files.relations_url, first.etag, REFRESH) is None
    servers.world.rules += b"# more\n"
    second = await references.fetch_reference(servers.files.relations_url, first.etag, REFRESH)
    assert second is not None
    assert second.etag != first.etag


async def test_up_to_three_redirects_are_followed(references: ReferenceLists, servers: Servers) -> None:
    for hops in range(1, 5):
        url = servers.files.url + "/moved" * hops + "/seasons.json"
        if hops <= 3:
            found = await references.fetch_reference(url, None, REFRESH)
            assert found is not None
            assert found.content == servers.world.seasons
        else:
            impatient = ReferenceLists(references._deps, patience=0.0)
            with pytest.raises(Unavailable):
                await impatient.fetch_reference(url, None, REFRESH)
            await impatient.close()


@pytest.mark.parametrize("location", ["ftp://example.org/x", "http://[bad", "file:///etc/passwd"])
async def test_a_redirect_to_elsewhere_is_not_followed(deps: HostDeps, servers: Servers, location: str) -> None:
    references = ReferenceLists(deps, patience=0.0)
    servers.files.fault = Fault("redirect", 302, location=location)
    with pytest.raises(Unavailable):
        await references.fetch_reference(servers.files.relations_url, None, REFRESH)
    await references.close()


async def test_a_list_that_is_not_there_is_missing(references: ReferenceLists, servers: Servers) -> None:
    with pytest.raises(Missing):
        await references.fetch_reference(f"{servers.files.url}/nothing.txt", None, REFRESH)


@pytest.mark.parametrize("fault", [Fault("html", 200), Fault("status", 200)], ids=["page", "empty"])
async def test_a_page_or_nothing_is_not_a_list(references: ReferenceLists, servers: Servers, fault: Fault) -> None:
    servers.files.fault = fault
    with pytest.raises(Malformed):
        await references.fetch_reference(servers.files.relations_url, None, REFRESH)
