"""Where the web server cannot listen."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from aggregator.cli.listening import listen
from aggregator.cli.main import app
from aggregator.config.loading import parse_settings
from aggregator.errors import ConfigError


def test_a_port_that_is_taken_is_told_by_serve_with_what_to_do(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        file = tmp_path / "config.yaml"
        file.write_text(f"feeds: []\nserver: {{port: {port}}}\n")
        done = CliRunner().invoke(app, ["--config", str(file), "serve"])
    assert isinstance(done.exception, ConfigError)
    assert re.fullmatch(
        rf"server\.port: cannot listen on 127\.0\.0\.1:{port}: [^(;]+; choose another port or stop what uses it",
        str(done.exception),
    )


@pytest.mark.parametrize("host", ["192.0.2.1", "nowhere.invalid"])  # RFC 5737, RFC 2606: nobody's
def test_an_address_that_is_not_of_this_machine_is_told(host: str) -> None:
    settings = parse_settings(f"feeds: []\nserver: {{host: {host}}}\n", path=Path("config.yaml"), environ={})
    with pytest.raises(ConfigError, match=r"server\.host: cannot listen on .*; name an address of this machine"):
        listen(settings)
