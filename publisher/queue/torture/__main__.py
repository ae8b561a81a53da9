"""`python -m publisher.queue.torture SEED=7 DELIVERIES=10000 ACCOUNTS=300 HITS=20`."""

from __future__ import annotations

import sys

from publisher.errors import PublisherError
from publisher.queue.torture.run import main

if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except PublisherError as error:
        sys.exit(str(error))
