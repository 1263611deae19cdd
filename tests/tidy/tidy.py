#!/usr/bin/python3
# tests/tidy/tidy.py: the repository checks itself: layering, purpose sentences, completeness.
"""Every check is a function that yields findings (path, line, message); none means passed.

Before the tree is read, one fault a check is planted in a scratch tree, and has to be found."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

# Lowest first: a module includes only from modules before it (docs/architecture.md).
MODULES = ["base", "gotext", "os", "sim", "proto", "bolt", "wal", "snap", "mvcc", "lease", "auth",
           "cluster", "alarm", "apply", "offline", "raft", "net", "client", "peer", "server", "api",
           "proxy", "render", "cli", "ops"]
# `sim` is for tests alone; what shows things must not know where they came from.
DATA = set(MODULES[MODULES.index("proto"):MODULES.index("render")])
FORBIDDEN = {"render": DATA, "cli": DATA, **{module: {"sim"} for module in MODULES
                                              if module not in ("sim", "render", "cli")}}

CODE = {".h", ".cc", ".py", ".go", ".proto", ".sh"}
# What only `base` and `os` may do. Matched after comments and string literals are blanked.
OUTSIDE_THE_SEAMS = [
    (r"#\s*include\s*<(thread|future|condition_variable|stop_token|semaphore|latch|barrier)>",
     "threads are started in base and os only"),
    (r"\bstd::(jthread|thread|async)\b|\bpthread_create\b",
     "threads are started in base and os only"),
    (r"#\s*include\s*<(chrono|ctime|time\.h|sys/time\.h)>", "time comes from base/clock.h"),
    (r"\bstd::chrono\b|(?<![\w.>:])(::)?(time|clock_gettime|gettimeofday|nanosleep|usleep)\s*\(",
     "time comes from base/clock.h"),
    (r"#\s*include\s*<(random|sys/random\.h)>", "randomness comes from base/random.h"),
    (r"\bstd::(mt19937(_64)?|random_device)\b|\bgetrandom\s*\(|(?<![\w.>:])s?rand\s*\(",
     "randomness comes from base/random.h"),
    (r"#\s*include\s*<(fstream|fcntl\.h|unistd\.h|filesystem|sys/(stat|mman|file|socket)\.h)>",
     "files are reached through base/fs.h"),
    (r"\bstd::(filesystem|[io]?fstream)\b|"
     r"(?<![\w.>:])(::)?(open|openat|fopen|pread|pwrite|mmap|fsync|fdatasync|ftruncate)\s*\(|"
     r"(?<![\w.>:])::(read|write|close|unlink|rename|mkdir|stat|fstat)\s*\(",
     "files are reached through base/fs.h"),
]


class Tree:
    """The files under version control, read once."""

    def __init__(self, root, names=None):
        self.root = root
        if names is None:
            listed = subprocess.run(
                ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=root,
                check=True, stdout=subprocess.PIPE).stdout.decode()
            names = [name for name in listed.split("\0") if name]
        self.names = sorted(name for name in set(names) if (root / name).is_file())
        self._lines = {}

    def lines(self, name):
        if name not in self._lines:
            data = (self.root / name).read_bytes()
            text = "" if b"\0" in data else data.decode("utf-8", errors="replace")
            self._lines[name] = text.splitlines()
        return self._lines[name]

    def script(self, name):
        """Whether an extensionless file is a script."""
        return "." not in Path(name).name and bool(self.lines(name)) and \
            self.lines(name)[0].startswith("#!")

    def code(self):
        for name in self.names:
            if Path(name).suffix in CODE or self.script(name):
                yield name

    def cpp(self):
        for name in self.names:
            if Path(name).suffix in (".h", ".cc"):
                yield name


def without_comments_and_strings(lines):
    """C++ lines with comments and literals blanked, line count kept."""
    text = "\n".join(lines)
    pattern = r"//[^\n]*|/\*.*?\*/|R\"\((?:.*?)\)\"|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])'"

    def blank(match):
        return re.sub(r"[^\n]", " ", match[0])

    # `#include "x"` must stay readable.
    kept = re.sub(r"^(\s*#\s*include\s*)\"([^\"]*)\"", r"\1<\2>", text, flags=re.M)
    return re.sub(pattern, blank, kept, flags=re.S).split("\n")


def includes_against_the_module_order(tree):
    place = {module: i for i, module in enumerate(MODULES)}
    for name in tree.cpp():
        parts = name.split("/")
        if parts[0] != "libcore":
            continue
        module = parts[1]
        if module not in place:
            yield name, 1, f"'{module}' is not a module (docs/architecture.md lists them)"
            continue
        for number, line in enumerate(tree.lines(name), 1):
            match = re.match(r"\s*#\s*include\s*\"([a-z_0-9]+)/", line)
            if not match or match[1] not in place:
                continue
            other = match[1]
            if place[other] > place[module] or other in FORBIDDEN.get(module, ()):
                yield name, number, f"module '{module}' must not include from '{other}'"


def header_loops(tree):
    """A header that includes itself by way of others."""
    needs = {}
    for name in tree.cpp():
        if not name.startswith("libcore/") or not name.endswith(".h"):
            continue
        for line in tree.lines(name):
            match = re.match(r'\s*#\s*include\s*"([a-z_0-9/]+\.h)"', line)
            if match:
                needs.setdefault(name[len("libcore/"):], set()).add(match[1])
    done = set()

    def walk(header, path):
        if header in path:
            yield path[path.index(header):] + [header]
        elif header not in done:
            for other in sorted(needs.get(header, ())):
                yield from walk(other, path + [header])
            done.add(header)

    for header in sorted(needs):
        for loop in walk(header, []):
            yield "libcore/" + loop[0], 1, "headers that need each other: " + " -> ".join(loop)


def seams(tree):
    """Threads, clocks, random devices and raw I/O live in base, os and sim alone."""
    for name in tree.cpp():
        if name.startswith(("libcore/base/", "libcore/os/", "libcore/sim/")) or \
                not name.startswith(("libcore/", "tools/")):
            continue
        for number, line in enumerate(without_comments_and_strings(tree.lines(name)), 1):
            for pattern, why in OUTSIDE_THE_SEAMS:
                if re.search(pattern, line):
                    yield name, number, why
                    break


def purpose_sentences(tree):
    """The first comment names the file and says what it is for."""
    for name in tree.code():
        if name.endswith("__init__.py") and not tree.lines(name):
            continue
        head = tree.lines(name)[:3]
        found = any(re.match(r"\s*(//|#|\"\"\"|/\*)\s*(\S+: )?\S+(\s+\S+){2,}", line)
                    and not line.startswith("#!") and re.search(r"\S: \S", line)
                    for line in head)
        if not found:
            yield name, 1, "the first lines need a comment `path: what this file is for`"
        elif Path(name).suffix in (".h", ".cc") and name.startswith("libcore/"):
            told = re.search(r"([\w./]+): ", head[0] if head else "")
            if told and not name.endswith(told[1]):
                yield name, 1, f"the purpose sentence names {told[1]}, the file is {name}"


def long_lines(tree):
    for name in tree.names:
        if Path(name).suffix not in CODE and Path(name).name != "meson.build" \
                and not tree.script(name):
            continue
        for number, line in enumerate(tree.lines(name), 1):
            if len(line) > 100:
                yield name, number, f"{len(line)} columns; 100 is the limit"


def trailing_space(tree):
    for name in tree.code():
        for number, line in enumerate(tree.lines(name), 1):
            if line != line.rstrip() or (line.startswith("\t") and Path(name).suffix != ".go"):
                yield name, number, "space at the end of the line, or a tab before it"


def unfinished_marks(tree):
    marks = re.compile(r"(?<![\w.])(TO" r"DO|FIX" r"ME)\b")
    for name in tree.names:
        for number, line in enumerate(tree.lines(name), 1):
            if marks.search(line):
                yield name, number, "unfinished mark: do it, or open an issue"


def machine_paths(tree):
    """The tree speaks of the project alone, not of the machine that it was written on."""
    words = re.compile(r"/wo" r"rk/|/tmp/f" r"x\b|/ro" r"ot/|/tmp/bri" r"ef|"
                       r"\b(Cla" r"ude|Anth" r"ropic|Chat" r"GPT|Copi" r"lot|wor" r"ktree)\b|"
                       r"\bthis ses" r"sion\b|\bsub-?ag" r"ent")
    for name in tree.names:
        if "/corpus/" in name:
            continue
        for number, line in enumerate(tree.lines(name), 1):
            if words.search(line):
                yield name, number, "a machine's path or a word about how the work was done"


def build_files(tree):
    """Every C++ file is built by some meson.build beside or above it."""
    listed = "\n".join("\n".join(tree.lines(name)) for name in tree.names
                       if name.endswith("meson.build"))
    for name in tree.cpp():
        if name.endswith(".cc") and Path(name).name not in listed and \
                Path(name).stem not in listed:
            yield name, 1, "no meson.build names this file"


def commands_of(tree):
    """(program, word, file, line) as tools/ registers them: `.Add("status <filename>", …)`."""
    for name in tree.names:
        place = re.fullmatch(r"tools/(ctl|utl)/commands/[a-z_]+\.cc", name)
        if not place:
            continue
        for number, line in enumerate(tree.lines(name), 1):
            match = re.search(r"\.Add\(\s*\"([a-z][a-z-]*)(?:[ \"])", line)
            if match:
                yield place[1], match[1], name, number


def told_by(place, word, directory):
    """Files or text that a built program generates from its command tree."""
    program = ROOT / f"build/tools/{place}/cairn{place}"
    if not program.exists():
        return None
    done = subprocess.run([program, *([word, directory] if directory else ["completion", word])],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=30)
    return done.stdout.decode(errors="replace") if done.returncode == 0 else ""


def complete_commands(tree):
    """A command has a man page, a completion and a test."""
    tests = "\n".join("\n".join(tree.lines(name)) for name in tree.names
                      if name.startswith(("tests/cli/", "tests/interop/"))
                      and name.endswith((".py", ".go")))
    with tempfile.TemporaryDirectory() as scratch:
        built = tree.root == ROOT and None not in [told_by(place, "__man", scratch)
                                                   for place in ("ctl", "utl")]
        pages = [path.name for path in Path(scratch).iterdir()]
        scripts = {place: told_by(place, "bash", None) if built else "" for place in ("ctl", "utl")}
    for place, command, name, number in commands_of(tree):
        page = any(re.fullmatch(rf"cairn{place}-([\w-]+-)?{command}\.1", other) for other in pages)
        script = scripts[place]
        if not page and (built or tree.root != ROOT):
            yield name, number, f"command '{command}' has no man page"
        if built and not re.search(rf"\b{command}\b", script):
            yield name, number, f"command '{command}' has no completion"
        if f'"{command}"' not in tests and f"'{command}'" not in tests:
            yield name, number, f"command '{command}' has no test in tests/cli or tests/interop"


LARGEST = 1 << 20  # bytes of a file that is neither a fixture nor a fuzzer's input


def odd_files(tree):
    """Nothing got in by accident: what a mistyped `-o -` or a build left behind."""
    for name in tree.names:
        shown = name if name.isprintable() else ascii(name)
        if any(part.startswith("-") for part in name.split("/")):
            yield shown, 1, "a name that begins with '-' is taken for a flag"
        if not name.isprintable() or " " in name:
            yield shown, 1, "a name with blanks or control characters"
        size = (tree.root / name).stat().st_size
        if size > LARGEST and not name.startswith(("tests/fixtures/", "tests/fuzz/corpus/")):
            yield shown, 1, f"{size} bytes; {LARGEST} is the limit outside of fixtures"


CHECKS = [includes_against_the_module_order, header_loops, seams, purpose_sentences, long_lines,
          trailing_space, unfinished_marks, machine_paths, build_files, complete_commands,
          odd_files]

# One fault a check: (check, file, text).
PLANTED = [
    ("includes_against_the_module_order", "libcore/bolt/a.h",
     '// bolt/a.h: a page of it.\n#include "mvcc/b.h"\n'),
    ("includes_against_the_module_order", "libcore/bolt/a.cc",
     '// bolt/a.cc: a page of it.\n#include "sim/mem_fs.h"\n'),
    ("header_loops", "libcore/bolt/a.h", '// bolt/a.h: a page of it.\n#include "bolt/a.h"\n'),
    ("seams", "libcore/bolt/a.cc", "// bolt/a.cc: a page.\nint f() { return ::time(nullptr); }\n"),
    ("seams", "libcore/wal/b.cc", "// wal/b.cc: a page of it.\n#include <thread>\n"),
    ("seams", "tools/utl/c.cc", "// utl/c.cc: a page of it.\nstd::ofstream out(path);\n"),
    ("purpose_sentences", "libcore/bolt/a.h", "#pragma once\nint f();\n"),
    ("purpose_sentences", "tests/x.py", "import sys\n\nprint(1)\n"),
    ("long_lines", "libcore/bolt/a.h", "// bolt/a.h: a page of it." + "x" * 90 + "\n"),
    ("trailing_space", "tests/x.py", "# x.py: a page of it. \n"),
    ("unfinished_marks", "README.md", "TO" "DO: later\n"),
    ("machine_paths", "README.md", "see /wo" "rk/here\n"),
    ("build_files", "libcore/bolt/lost.cc", "// bolt/lost.cc: a page of it.\n"),
    ("complete_commands", "tools/utl/commands/hashkv.cc",
     "// utl/hashkv.cc: the command.\n  root.Add(\"hashkv <filename>\", \"x\");\n"),
    ("odd_files", "-", "x\n"),
    ("odd_files", "tests/-rf", "x\n"),
    ("odd_files", "docs/a page.md", "x\n"),
    ("odd_files", "docs/a\tpage.md", "x\n"),
    ("odd_files", "tests/big.bin", "x" * (LARGEST + 1)),
]


def self_test():
    """Whether each check finds the fault planted for it; the number of checks that do not."""
    blind = 0
    for check, name, text in PLANTED:
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            if not list(globals()[check](Tree(Path(scratch), [name]))):
                print(f"tests/tidy/tidy.py:1: {check} does not see the fault planted in {name}")
                blind += 1
    return blind


def main():
    passed = failed = 0
    blind = self_test()
    passed, failed = passed + (not blind), failed + bool(blind)
    tree = Tree(ROOT)
    for check in CHECKS:
        findings = sorted(set(check(tree)))
        for name, number, message in findings:
            print(f"{name}:{number}: {message}")
        passed, failed = passed + (not findings), failed + bool(findings)
        if findings:
            print(f"   {check.__name__}: {len(findings)} found")
    print(f"tidy: {passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
