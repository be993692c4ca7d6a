"""Only GETs the campaigns and parses their JSON: `bare_httpx.py BASE_URL FIRST_ID COUNT THREADS`."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor

import httpx

base_url, first, count, threads = sys.argv[1], *map(int, sys.argv[2:])
ids = range(first, first + count)
with httpx.Client(headers={"Authorization": "Bearer benchmark-token"}) as client:

    def read(campaign_id: int) -> object:
        """Reads one campaign."""
        response = client.get(f"{base_url}/v2/admin/call-campaigns/{campaign_id}")
        response.raise_for_status()
        return json.loads(response.content)

    with ThreadPoolExecutor(threads) as pool:
        responses = list(pool.map(read, ids))
if len(responses) != count:
    sys.exit("campaigns are missing")
