"""The key as systemd keeps it, read by the daemon with all that its unit takes away."""

from __future__ import annotations

import pytest

from kotozoe.settings.key import CREDENTIAL
from tests.booted.systemd import ask, installed, unit
from tests.fakes import Servers
from tests.live.home import Home


@pytest.fixture
def home(home: Home, servers: Servers) -> Home:
    """A home whose config says nothing of a key."""
    told = home.config.read_text()
    home.config.write_text(told.replace(f'api_key_file = "{home.key_file}"\n', ""))
    return home


def test_a_key_that_login_has_encrypted_is_decrypted_in_the_service(home: Home, servers: Servers) -> None:
    done = home.command("login", "--encrypted", text=servers.jimaku_key)
    assert done.returncode == 0, done.stderr
    if "stored as it is" in done.stdout:
        pytest.skip("systemd is older than 256 here: " + done.stdout.splitlines()[0])
    sealed = home.config.with_name("jimaku.cred")
    assert servers.jimaku_key not in sealed.read_text()
    with unit("kotozoe-proof", installed(home)):
        ask("start", "kotozoe-proof")
        told = home.wait(lambda status: bool(status.get("key")))
        assert (told["key"]["present"], told["key"]["origin"]) == (True, f"{sealed}, encrypted by systemd")
        assert home.command("login", text=servers.jimaku_key).returncode == 0
        home.wait(lambda status: status["key"]["origin"] == f"the file {home.config.with_name('jimaku.key')}")


def test_a_credential_of_the_unit_is_used(home: Home) -> None:
    text = installed(home).replace("[Install]", f"LoadCredential={CREDENTIAL}:{home.key_file}\n[Install]")
    with unit("kotozoe-proof", text):
        ask("start", "kotozoe-proof")
        told = home.wait(lambda status: bool(status.get("key")))
        assert told["key"]["present"]
        assert told["key"]["origin"].endswith(f"/{CREDENTIAL}")
