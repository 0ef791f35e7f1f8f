"""mockauthy in a container, for Python's tests: pip install testcontainers pytest; pytest testcontainers.py"""

import os
import urllib.error
import urllib.request

from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HttpWaitStrategy

KEY = {"X-Authy-API-Key": "mock-api-key"}


def start_mockauthy():
    """A mock with one user: alice, with the Authy id 4815162."""
    return (
        DockerContainer(os.environ.get("MOCKAUTHY_IMAGE", "sftpgo-authy/mockauthy"))  # what `make image` builds
        .with_exposed_ports(8880)
        # Under localhost /_mock/ answers anyway. These are names of the engine where tests run in a container.
        .with_env("MOCKAUTHY_ALLOW_HOST", "docker,172.17.0.1")
        .waiting_for(HttpWaitStrategy(8880, "/_mock/readyz"))
    )


def get(url):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=KEY)) as reply:
            return reply.read().decode().strip()
    except urllib.error.HTTPError as refused:
        return refused.read().decode()


def code_is_right(url, code):
    """Stands for your code: it asks Authy."""
    return '"token":"is valid"' in get(f"{url}/protected/json/verify/{code}/4815162?force=true")


def test_login():
    with start_mockauthy() as mock:
        url = f"http://{mock.get_container_host_ip()}:{mock.get_exposed_port(8880)}"
        code = get(f"{url}/_mock/users/alice/code")  # what her phone shows
        assert code_is_right(url, code)
        assert not code_is_right(url, code), "the same code was good twice"
