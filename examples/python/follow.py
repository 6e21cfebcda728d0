#!/usr/bin/env python3
"""Follows what happens to an organization's devices, and misses nothing while it is away.

usage: follow.py <address> <organization> <cursor file>      a token, where one is asked for: TOKEN

Standard library alone: the subscription comes as Server-Sent Events.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

QUERY = """
subscription Follow($organization: String!, $after: String) {
  deviceChanged(organizationId: $organization, after: $after) { cursor at by kinds deviceId }
}
"""
LONGEST_PAUSE = 30


def events(address, organization, after):
    """Yields the answers of the subscription until the service ends it."""
    headers = {"accept": "text/event-stream", "content-type": "application/json"}
    if token := os.environ.get("TOKEN"):
        headers["authorization"] = f"Bearer {token}"
    body = {"query": QUERY, "variables": {"organization": organization, "after": after}}
    request = urllib.request.Request(f"{address}/graphql", json.dumps(body).encode(), headers)
    # The service sends a comment every twelve seconds: longer silence is a broken line.
    with urllib.request.urlopen(request, timeout=40) as stream:
        for line in stream:
            if line.startswith(b"data: "):
                yield json.loads(line[len(b"data: ") :])


def follow(address, organization, cursor_file):
    cursor = cursor_file.read_text() if cursor_file.exists() else None
    pause = 0.2
    while True:
        try:
            for answer in events(address, organization, cursor):
                pause = 0.2
                if errors := answer.get("errors"):
                    if errors[0].get("extensions", {}).get("code") == "CURSOR_EXPIRED":
                        print("What happened since was kept no longer: read the devices anew.", flush=True)
                        cursor = None
                        cursor_file.unlink(missing_ok=True)
                        break
                    raise ConnectionError(errors[0]["message"])
                change = answer["data"]["deviceChanged"]
                print(change["at"], change["deviceId"], ",".join(change["kinds"]), "by", change["by"], flush=True)
                # Kept once it is dealt with: what was under way at a crash comes again.
                cursor = change["cursor"]
                partial = cursor_file.with_suffix(".partial")
                partial.write_text(cursor)
                partial.replace(cursor_file)
        except urllib.error.HTTPError as refused:
            if refused.code in (400, 401, 403):
                sys.exit(f"{refused.code}: {refused.read().decode()}")
        except (OSError, ValueError) as lost:
            print(f"Again in {pause:.1f} s: {lost}", file=sys.stderr)
        time.sleep(pause)
        pause = min(LONGEST_PAUSE, pause * 2)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    follow(sys.argv[1].rstrip("/"), sys.argv[2], Path(sys.argv[3]))
