# tests/cli/test_start.py: what the programs load before they do anything.
import platform
import subprocess


def test_libraries_are_loaded_when_they_are_first_used(program):
    libraries = subprocess.run(["ldd", program.path], capture_output=True, text=True,
                               check=True).stdout
    assert "libc.so" in libraries
    if platform.machine() == "x86_64":
        assert not any(name in libraries for name in ("libssl", "libcrypto", "libz."))
    # Neither is it inside: security updates of the shared one would not reach it.
    symbols = subprocess.run(["nm", "-C", program.path], capture_output=True, text=True).stdout
    assert "ossl_statem" not in symbols and "ossl_provider_new" not in symbols
