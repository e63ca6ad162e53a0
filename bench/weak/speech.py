"""What microphones hear: syllables, made of a few tones."""

import math
import wave
from pathlib import Path

_RATE = 48_000
_SECONDS = 8
_SYLLABLE = 0.22
"""Seconds; after every seventh there is a pause as long as one."""


def speech(folder: Path) -> Path:
    """A sound file for Chromium's fake microphone, which plays it again and again."""
    path = folder / "speech.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(
            b"".join(
                round(9_000 * _at(number / _RATE)).to_bytes(2, "little", signed=True)
                for number in range(_RATE * _SECONDS)
            )
        )
    return path


def _at(seconds: float) -> float:
    number, part = divmod(seconds, _SYLLABLE)
    if number % 8 == 7:
        return 0
    pitch = 110 + 25 * (number % 5)
    tones = sum(math.sin(2 * math.pi * pitch * times * seconds) / times for times in (1, 2, 3, 5, 8))
    return math.sin(math.pi * part / _SYLLABLE) * tones / 2
