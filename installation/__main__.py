"""`python -m installation` is the same as `installation`."""

from installation.cli import main

main()
