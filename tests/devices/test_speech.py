"""念给我听 with the real espeak-ng, which writes what it says into a file where there is no loudspeaker."""

from __future__ import annotations

import sys
import wave
from pathlib import Path

import psutil
import pytest

from clerk_app.devices.speech import ProgramSpeaker, system_speaker
from clerk_app.errors import DeviceProblem

TEXT = "姓名：冉样例。请您看一看，对不对。"


def ended(speaker: ProgramSpeaker) -> None:
    process = speaker._process
    assert process is not None
    process.wait(30)


def test_chinese_is_said(tmp_path: Path) -> None:
    sound = tmp_path / "said.wav"
    speaker = ProgramSpeaker(("espeak-ng", "-v", "cmn", "--stdin", "-w", str(sound)))
    speaker.speak(TEXT)
    ended(speaker)
    with wave.open(str(sound)) as said:
        assert said.getnframes() / said.getframerate() > 2


def test_the_text_stands_on_no_command_line() -> None:
    speaker = ProgramSpeaker((sys.executable, "-c", "import sys, signal; sys.stdin.read(); signal.pause()"))
    speaker.speak(TEXT)
    process = speaker._process
    assert process is not None
    assert "冉样例" not in " ".join(psutil.Process(process.pid).cmdline())
    speaker.stop()
    assert process.poll() is not None
    assert not speaker.speaking


def test_a_new_text_ends_the_old_one_however_long_it_is() -> None:
    speaker = ProgramSpeaker(
        (sys.executable, "-c", "import signal; signal.pause()")
    )  # never reads: the pipe stays full
    speaker.speak(TEXT * 20_000)
    first = speaker._process
    speaker.speak(TEXT)
    assert first is not None
    assert first.poll() is not None
    assert speaker.speaking
    speaker.stop()
    speaker.stop()


def test_no_engine_is_said_in_words() -> None:
    with pytest.raises(DeviceProblem, match="不能朗读"):
        ProgramSpeaker(("no-such-engine",)).speak(TEXT)


def test_this_pc_has_a_voice_where_the_engine_is_installed() -> None:
    assert system_speaker() is not None
