# tests/cli/test_hardening.py: what the linker was asked for stands in the built programs.
import json
import subprocess

import pytest

from conftest import BUILD

PROGRAMS = [BUILD / "tools/ctl/cairnctl", BUILD / "tools/utl/cairnutl"]


def readelf(program, *options):
    return subprocess.run(["readelf", "-W", *options, program], check=True, capture_output=True,
                          text=True).stdout


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.name)
def test_a_program_is_position_independent_and_read_only_after_its_start(program):
    assert "DYN (Position-Independent Executable file)" in readelf(program, "-h")
    segments = readelf(program, "-l")
    assert "GNU_RELRO" in segments
    stack = next(line for line in segments.splitlines() if "GNU_STACK" in line)
    assert "RWE" not in stack and " RW " in stack
    dynamic = readelf(program, "-d")
    assert "BIND_NOW" in dynamic or "Flags: NOW" in dynamic
    assert "TEXTREL" not in dynamic


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.name)
def test_a_program_checks_its_stack(program):
    assert "__stack_chk_fail@" in readelf(program, "--dyn-syms")


def test_every_file_of_ours_is_compiled_with_the_checks():
    commands = json.loads((BUILD / "compile_commands.json").read_text())
    ours = [entry["command"] for entry in commands if "/libcore/" in entry["file"]]
    assert ours
    for command in ours:
        assert "-fstack-protector-strong" in command
        assert "-D_FORTIFY_SOURCE=2" in command and "-O2" in command
