"""`python -m aezoo`, the same as `python -m aezoo.bench`."""

from aezoo.bench import main

if __name__ == "__main__":
    main()
