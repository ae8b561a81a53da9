"""`python -m publisher` is the same command as `publisher`."""

from publisher.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
