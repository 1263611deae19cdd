# tests/cli/runbook_host.py: machines with their own root and addresses, on which the commands of a
# runbook run untouched.
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ETCD = 2379  # user and group etcd of the private roots
SECONDS = 100  # what a script may take
BOTH = pytest.mark.parametrize("tools", ["real", "cairn"])  # whose programs the test runs
SUDO = '#!/bin/sh\nexec "$@"\n'


def cells(table):
    """The rows of a table as dictionaries; etcd 3.7 draws other lines."""
    rows = [[cell.strip() for cell in line[1:-1].split(line[0])]
            for line in table.splitlines() if line[:1] in ("|", "│")]
    return [dict(zip(rows[0], row)) for row in rows[1:]]


class Done:
    """What a script did. Of real etcd's tools `stderr` leaves out the log lines: ours have none."""

    def __init__(self, code, out, err):
        self.code, self.out, self.all_err = code, out, err
        self.err = "".join(line for line in err.splitlines(True)
                           if not re.match(r'{"level":"(info|warn)"|20\d\d-\S+\tinfo\t', line))

    def __repr__(self):
        return f"exit {self.code}\nstdout:\n{self.out}\nstderr:\n{self.all_err}"

    @property
    def lines(self):
        return self.out.splitlines()


class Machine:
    """One root of a world. `run` runs a script there, as an operator in a new shell."""

    def __init__(self, world, name):
        self.world, self.name = world, name
        self.root = Path(f"/proc/{world.pid}/root{world.folder}/{name}")
        self.setup = ""
        self.put("/usr/local/bin/systemctl", (HERE / "runbook_systemctl.py").read_text(), 0o755)
        self.put("/usr/local/bin/sudo", SUDO, 0o755)
        self.link("etcd", "real/etcd")

    def path(self, name):
        """A file of the machine, as it is called outside."""
        return self.root / str(name).lstrip("/")

    def put(self, name, text, mode=0o644):
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)

    def link(self, name, program):
        path = self.path(f"/usr/local/bin/{name}")
        path.unlink(missing_ok=True)
        path.symlink_to(f"/opt/{program}")

    def empty(self, name, mode=0o700):
        """A new empty folder that is etcd's."""
        path = self.path(name)
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True, mode=mode)
        os.chown(path, ETCD, ETCD)

    def start_script(self, script, user=None, env=None, shell=("bash", "-e", "-o", "pipefail")):
        variables = {"PATH": PATH, "HOME": "/srv", "LC_ALL": "C.UTF-8"} if env is None else env
        become = [] if user is None else ["setpriv", f"--reuid={user}", f"--regid={user}",
                                          "--clear-groups"]
        words = ["nsenter", f"--target={self.world.pid}", "--mount", "--net", "--pid",
                 f"--root={self.root}", f"--wd={self.root}/srv", "--", *become, "env", "-i",
                 *[f"{name}={value}" for name, value in variables.items()],
                 "/usr/bin/timeout", "-k1", str(SECONDS), *shell, "-c", script]
        return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, start_new_session=True)

    def finish(self, process):
        out, err = process.communicate()
        assert process.returncode != 124, f"it doesn't end: {process.args[-1]}\n{out}\n{err}"
        return Done(process.returncode, out, err)

    def run(self, script, **how):
        """The finished script, which stops at the first command that fails."""
        if "env" not in how:
            script = self.setup + script
        return self.finish(self.start_script(script, **how))

    def ok(self, script, **how):
        done = self.run(script, **how)
        assert done.code == 0, f"{script}\n{done}\n{self.log()}"
        return done

    def serve(self, line):
        """Starts a server by a shell's line; `systemctl stop etcd` ends it."""
        self.ok(f"{line} >>/var/log/etcd.log 2>&1 &\necho $! >/run/etcd.pid")

    def add_member(self, line):
        """`member add`. A server refuses until its members have seen each other for 5 s; and one
        that left may come back with its URL in the next second, as its id is made of both."""
        end = time.monotonic() + SECONDS
        while True:
            done = self.run(line)
            refused = ["Error: etcdserver: unhealthy cluster\n",
                       "Error: etcdserver: member not found\n"]
            if done.err not in refused or time.monotonic() > end:
                assert done.code == 0, done
                return done
            time.sleep(0.2)

    def log(self):
        """The end of what its server wrote."""
        path = self.path("/var/log/etcd.log")
        return path.read_text(errors="replace")[-2000:] if path.exists() else ""


class World:
    """Machines that share addresses and see only each other. Nothing of it outlives `close`, or
    the process that made it."""

    def __init__(self, folder, build, peers, machines, addresses=()):
        self.folder = folder
        programs = [f"real/{name}={(peers / name).resolve()}"
                    for name in ("etcd", "etcdctl", "etcdutl")]
        programs += [f"cairn/{name}={(build / 'compat' / name).resolve()}"
                     for name in ("etcdctl", "etcdutl")]
        self.process = subprocess.Popen(
            ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child",
             "--propagation", "unchanged", str(HERE / "runbook_root.sh"), str(folder),
             " ".join(programs), " ".join(addresses), *machines],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        pid = self.process.stdout.readline().strip()
        if not pid:
            self.process.stdin.close()
            self.process.wait()
            raise AssertionError(
                "the runbooks need private mounts, a network and process ids of their own (root, or"
                f" CAP_SYS_ADMIN in a container): {self.process.stderr.read().strip()}")
        self.pid = int(pid)
        self.machines = [Machine(self, name) for name in machines]
        self.use("cairn")

    def __getitem__(self, number):
        return self.machines[number]

    def use(self, tools):
        """Whose programs are called etcdctl and etcdutl: real or cairn."""
        for machine in self.machines:
            machine.link("etcdctl", f"{tools}/etcdctl")
            machine.link("etcdutl", f"{tools}/etcdutl")

    def on_all(self, script, machines=None):
        """Runs it on the machines at the same time; it must succeed on all."""
        chosen = self.machines if machines is None else machines
        running = [(machine, machine.start_script(script)) for machine in chosen]
        for machine, process in running:
            done = machine.finish(process)
            assert done.code == 0, f"{machine.name}: {script}\n{done}\n{machine.log()}"

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()
