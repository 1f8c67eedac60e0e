"""Staying alive: supervision, service files, opening hours, sleeping screens, the play log.

May import `film` and `config`. Nothing here draws, decodes or knows the library; what it must know
of a running wall is handed to it, frozen. Each module says on which thread it runs.
"""
