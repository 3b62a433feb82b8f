"""The command line: one parser from the registry of commands, one seam where every error becomes a sentence and a code.

Exit codes: 0 done, 2 usage, 3 refused by a rule, 4 environment, 70 bug.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from clerk_app import __version__
from clerk_app.bootstrap.crash import no_core_files, report_bug
from clerk_app.commands import CommandGroup, register
from clerk_app.commands.output import emit
from clerk_app.errors import EXIT_BUG, EXIT_DONE, EXIT_ENVIRONMENT, EXIT_USAGE, AppError, Refused


def build_parser(wanted: str = "") -> argparse.ArgumentParser:
    """The parser for one command, or the whole one; every subcommand carries ``run``, a function of the arguments."""
    parser = argparse.ArgumentParser(prog="clerk-app", description="全科窗口")
    parser.add_argument("--version", action="version", version=f"clerk-app {__version__}")
    parser.set_defaults(run=None)
    subparsers: CommandGroup = parser.add_subparsers(metavar="命令", title="命令")
    register(wanted, subparsers)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code and never raises."""
    no_core_files()
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0].startswith("--data"):
        given = ["window", *given]
    try:
        args = build_parser(given[0]).parse_args(given)
    except SystemExit as stop:
        return EXIT_USAGE if stop.code else EXIT_DONE
    try:
        if args.run is None:
            build_parser().parse_args([*given, "--help"])
        code = args.run(args)
        return int(code or EXIT_DONE)
    except SystemExit as stop:
        return EXIT_USAGE if stop.code else EXIT_DONE
    except AppError as error:
        report(error, as_json=getattr(args, "json", False))
        return error.exit_code
    except KeyboardInterrupt:
        print("已中断，已保存的都在。", file=sys.stderr)
        return EXIT_ENVIRONMENT
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_ENVIRONMENT
    except Exception as error:  # noqa: BLE001 - the outermost seam: a bug is reported without personal data
        report_bug(error)
        return EXIT_BUG


def report(error: AppError, *, as_json: bool) -> None:
    """The reason on stderr, and in ``"error"`` where JSON was asked for."""
    reasons = list(error.reasons) if isinstance(error, Refused) else [error.message]
    print(error.sentence(), file=sys.stderr)
    for reason in reasons:
        if reason != error.message:
            print(f"  · {reason}", file=sys.stderr)
    if as_json:
        emit({"error": error.message, "reasons": reasons, "what_to_do": error.what_to_do})
