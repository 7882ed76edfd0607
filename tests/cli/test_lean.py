"""What a command goes without when it starts."""

from __future__ import annotations

import subprocess
import sys


def test_no_command_loads_tls_or_openssl_before_it_asks_something() -> None:
    parts = "{'ssl', '_hashlib', 'lzma'}"
    code = f"import kotozoe.cli, sys, asyncio, hashlib, shutil; print(*sorted({parts} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_what_was_left_out_is_there_for_who_asks_for_it() -> None:
    code = "import kotozoe.cli, ssl, lzma, zipfile, httpx; ssl.create_default_context(); print(httpx.Client())"
    subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
