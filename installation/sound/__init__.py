"""What is heard, on the film's clock: decoding, mixing, following the device, and the device.

May import `film` and `decode`. Qt's audio is kept to this room. Only `wanted.py`, `playing.py` and
`server.py` belong to the wall's process: they hand frozen values to another (`process.py`) and
back. There `output.py` asks `engine.py` for samples on the main thread; `reading.py` decodes ahead
on another.
"""

from installation.sound.wanted import NO_SOUND, Heard, SoundReport, Speaking, Wanted

__all__ = ["NO_SOUND", "Heard", "SoundReport", "Speaking", "Wanted"]
