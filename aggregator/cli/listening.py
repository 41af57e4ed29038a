"""The socket that the web server listens on."""

from __future__ import annotations

import errno
import socket

from aggregator.config import Settings
from aggregator.errors import ConfigError

_BACKLOG = 2048  # connections that wait while the server is replaced

# By what the system says: the setting that is to be changed, and how.
_REMEDIES = {
    errno.EADDRINUSE: ("server.port", "choose another port or stop what uses it"),
    errno.EACCES: ("server.port", "choose a port from 1024 on; those below are the system's"),
}
_NO_ADDRESS = ("server.host", "name an address of this machine, or 0.0.0.0 for every one")


def listen(settings: Settings) -> socket.socket:
    """Return a socket that listens where the settings say.

    Raises: ConfigError.
    """
    host, port = settings.server.host, settings.server.port
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=_BACKLOG)
    except OSError as error:
        key, remedy = _REMEDIES.get(error.errno or 0, _NO_ADDRESS)
        said = (error.strerror or str(error)).partition(" (while")[0]  # Python repeats the address
        raise ConfigError(f"cannot listen on {host}:{port}: {said}; {remedy}", key=key) from error
