"""Test against mockauthy from Python, with the standard library alone.

Run it with `python3 mockauthy.py`. It starts the program that MOCKAUTHY names, else the mockauthy on PATH, and ends it; with
MOCKAUTHY_URL it asks the one that runs there.
"""

import atexit
import json
import os
import subprocess
import tempfile
import time
import urllib.error
import urllib.request


def start():
    """Starts mockauthy on a free port, until the end of this program, and gives its URL."""
    folder = tempfile.TemporaryDirectory()
    port = os.path.join(folder.name, "port")
    mock = subprocess.Popen(
        [os.environ.get("MOCKAUTHY", "mockauthy"), "--listen", "127.0.0.1:0", "--port-file", port, "--log-level", "error"],
        stdout=subprocess.DEVNULL,
    )
    atexit.register(lambda: (mock.terminate(), mock.wait(), folder.cleanup()))
    while not os.path.exists(port):  # it is there once the server accepts
        if mock.poll() is not None:
            raise SystemExit("mockauthy ended with %d" % mock.returncode)
        time.sleep(0.01)
    with open(port) as file:
        return "http://127.0.0.1:" + file.read().strip()


URL = os.environ.get("MOCKAUTHY_URL") or start()


def call(method, path, body=None, key=None):
    """Sends one request and gives status and JSON; refusals are answers too."""
    request = urllib.request.Request(URL + path, method=method)
    if key:
        request.add_header("X-Authy-API-Key", key)
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:
            text = reply.read()
            return reply.status, json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        text = error.read()
        return error.code, json.loads(text) if text.startswith(b"{") else None


# A key of its own gives this test its own users, clock, faults and journal: others may run at the same time.
_, app = call("POST", "/_mock/apps", {"name": "Python test"})
key = app["key"]
_, ann = call("POST", "/_mock/users", {"name": "ann", "cellphone": "2015550123", "country_code": 1}, key)


def code():
    return call("GET", f"/_mock/users/{ann['id']}/token", key=key)[1]["token"]


def verify(token):
    # This is what your program does.
    return call("GET", f"/protected/json/verify/{token}/{ann['id']}?force=true", key=key)


status, reply = verify(code())
assert (status, reply["token"]) == (200, "is valid"), (status, reply)

# An old code: turn the clock instead of waiting.
old = code()
call("POST", "/_mock/clock", {"advance": "10m"}, key)
status, reply = verify(old)
assert (status, reply["error_code"]) == (401, "60020"), (status, reply)

# Authy is in trouble, once.
call("POST", "/_mock/faults", {"match": {"endpoint": "verify"}, "effect": {"status": 503}, "times": 1}, key)
assert verify(code())[0] == 503
assert verify(code())[0] == 200

# What was really asked, and why it was answered so.
_, journal = call("GET", "/_mock/journal/wait?endpoint=verify&count=4&timeout=5s", key=key)
assert [entry["decision"] for entry in journal["items"]].count("accepted") == 2, journal

# What would the text have said?
call("GET", f"/protected/json/sms/{ann['id']}?force=true", key=key)
_, outbox = call("GET", "/_mock/outbox/wait?user=ann&timeout=5s", key=key)
assert outbox["items"][0]["code"] in outbox["items"][0]["text"], outbox

call("DELETE", f"/_mock/apps/{key}")
print("ok")
