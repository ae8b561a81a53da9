"""read a text the way an announcer says it, and name what is not sure"""

from __future__ import annotations

import argparse
import sys

from publisher.cli.context import Context
from publisher.content.inline import read_line
from publisher.vietnamese.glossary import Reading, load_reading
from publisher.vietnamese.reader import Spoken, read_aloud, read_text

NAME = "speak"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", nargs="*", metavar="TEXT", help="the text; standard input when none is given")
    parser.add_argument("--mode", choices=("broadcast", "spell", "expand"), default="broadcast")
    parser.add_argument("--region", choices=("north", "south"), default="north")


def speak(text: str, reading: Reading) -> Spoken:
    """The reading; a text with `[chữ]{đọc: lời}` is read line by line as a campaign's own lines are."""
    if "{đọc:" not in text:
        return read_aloud(text, reading)
    lines = [read_text(read_line(line), reading) for line in text.split("\n")]
    return Spoken("\n".join(line.text for line in lines), tuple(doubt for line in lines for doubt in line.doubts))


def run(args: argparse.Namespace, context: Context) -> int:
    text = " ".join(args.text) if args.text else sys.stdin.read()
    reading = load_reading(context.workspace, mode=args.mode, region=args.region)
    spoken = speak(text.rstrip("\n"), reading)
    context.show(spoken.text)
    for doubt in spoken.doubts:
        context.say(
            f"chưa chắc: “{doubt.written}” đọc là “{doubt.said}” ({doubt.why})",
            f"not sure: “{doubt.written}” read as “{doubt.said}” ({doubt.why})",
        )
    doubts = [{"written": d.written, "said": d.said, "why": d.why} for d in spoken.doubts]
    context.give({"text": text, "spoken": spoken.text, "doubts": doubts})
    return 0
