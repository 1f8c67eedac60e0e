"""What is seen: the window, the scene in `qml/`, the pacing of film frames to refreshes.

May import every room but `library`, `sample` and `control`. Owns PySide6. GUI thread; only the
payload makers run on the feeds' threads.
"""
