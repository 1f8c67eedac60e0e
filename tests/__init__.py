"""The tests; each file mirrors a module, and is named for it."""
