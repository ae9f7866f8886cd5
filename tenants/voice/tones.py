"""Sound made here, for practice calls and demonstrations: two voices of tones taking turns."""

import math
import random
import wave
from array import array
from io import BytesIO

RATE = 8000
VOICES = ((185.0, 1.0), (120.0, 0.8))


def conversation(seconds: float, *, seed: int = 0) -> bytes:
    """A WAV file, 16 bit, mono, 8 kHz. The same seed sounds the same."""
    dice = random.Random(seed)  # noqa: S311 - a melody, no secret
    samples = array("h")
    wanted = int(seconds * RATE)
    speaker = 0
    while len(samples) < wanted:
        samples.extend(_phrase(dice, *VOICES[speaker]))
        samples.extend([0] * int(RATE * dice.uniform(0.1, 0.35)))
        speaker = 1 - speaker
    return _wav(samples[:wanted])


def _phrase(dice: random.Random, pitch: float, volume: float) -> "array[int]":
    """A few syllables: short tones that swell and fall."""
    found = array("h")
    for _syllable in range(dice.randint(2, 5)):
        length = int(RATE * dice.uniform(0.09, 0.22))
        tone = pitch * dice.uniform(0.85, 1.3)
        loud = 11_000 * volume * dice.uniform(0.35, 1.0)
        found.extend(_sample(at, length, tone, loud) for at in range(length))
    return found


def _sample(at: int, length: int, tone: float, loud: float) -> int:
    swell = math.sin(math.pi * at / length)
    turn = 2 * math.pi * tone * at / RATE
    return int(loud * swell * (math.sin(turn) + 0.4 * math.sin(2 * turn) + 0.2 * math.sin(3 * turn)) / 1.6)


def _wav(samples: "array[int]") -> bytes:
    file = BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(samples.tobytes())
    return file.getvalue()
