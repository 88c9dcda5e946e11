"""A small JSON-RPC client over one kept-alive HTTP connection, and waiting for conditions."""

import http.client
import json
import time
from urllib.parse import urlparse


class RpcError(Exception):
    """The node answered with an error."""

    def __init__(self, error):
        super().__init__(f"{error.get('code')}: {error.get('message')}")
        self.code = error.get("code")
        self.message = error.get("message", "")
        self.data = error.get("data")


class Unreachable(Exception):
    """The node did not answer."""


class Rpc:
    """Asks one node. Not for several threads at once.

    `connection` makes the HTTP connection where an ordinary one would not reach the node.
    """

    def __init__(self, url, timeout_s=10.0, connection=http.client.HTTPConnection):
        self.url = url
        self._place = urlparse(url)
        self._timeout_s = timeout_s
        self._new_connection = connection
        self._connection = None
        self._id = 0

    def call(self, method, *params):
        """The result of a method, or RpcError, or Unreachable."""
        self._id += 1
        return result_of(self._post({"jsonrpc": "2.0", "id": self._id, "method": method, "params": list(params)}))

    def batch(self, calls):
        """The raw answers to several (method, params), in the order of the calls."""
        requests = [
            {"jsonrpc": "2.0", "id": place, "method": method, "params": list(params)}
            for place, (method, params) in enumerate(calls)
        ]
        answers = self._post(requests)
        if not isinstance(answers, list) or sorted(a.get("id", -1) for a in answers) != list(range(len(calls))):
            raise AssertionError(f"a batch of {len(calls)} was answered with {answers!r}")
        return sorted(answers, key=lambda answer: answer["id"])

    def height(self):
        """Height of the latest final block."""
        return int(self.call("eth_blockNumber"), 16)

    def close(self):
        """Drops the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _post(self, body):
        kept = self._connection is not None
        try:
            return self._exchange(body)
        except (OSError, http.client.HTTPException, json.JSONDecodeError) as error:
            self.close()
            if not kept:
                raise Unreachable(f"{self.url}: {error!r}") from error
        # A kept connection may have ended since; a new one tells whether the node is there.
        try:
            return self._exchange(body)
        except (OSError, http.client.HTTPException, json.JSONDecodeError) as error:
            self.close()
            raise Unreachable(f"{self.url}: {error!r}") from error

    def _exchange(self, body):
        if self._connection is None:
            self._connection = self._new_connection(
                self._place.hostname, self._place.port, timeout=self._timeout_s
            )
        self._connection.request(
            "POST", self._place.path or "/", json.dumps(body), {"content-type": "application/json"}
        )
        return json.loads(self._connection.getresponse().read())


def result_of(answer):
    """The result in an answer, or RpcError."""
    if "error" in answer:
        raise RpcError(answer["error"])
    return answer["result"]


def until(condition, what, within_s, every_s=0.02):
    """Waits until a condition gives something true and returns that.

    A condition that meets Unreachable is not true yet. Fails by name after `within_s`.
    """
    end = time.monotonic() + within_s
    last = None
    while True:
        try:
            last = condition()
            if last:
                return last
        except Unreachable as error:
            last = error
        if time.monotonic() > end:
            raise AssertionError(f"not within {within_s} s: {what} (last seen: {last!r})")
        time.sleep(every_s)
