"""The Socket.IO server could be a package of its own: it imports nothing of the rest."""

import ast
import sys
from pathlib import Path

import visavis.socketio

FOLDER = Path(visavis.socketio.__file__).parent
ALLOWED = {"msgspec", "websockets"}
"""Besides the standard library."""


def imported(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        match node:
            case ast.Import(names):
                found |= {name.name for name in names}
            case ast.ImportFrom(module=str(module)):
                found.add(module)
    return found


def test_it_imports_nothing_of_the_rest() -> None:
    for file in FOLDER.glob("*.py"):
        ours = {name for name in imported(file) if name.partition(".")[0] == "visavis"}
        assert all(name.startswith("visavis.socketio") for name in ours), file


def test_it_needs_little_of_others() -> None:
    for file in FOLDER.glob("*.py"):
        tops = {name.partition(".")[0] for name in imported(file)}
        assert tops - sys.stdlib_module_names <= ALLOWED | {"visavis"}, file
