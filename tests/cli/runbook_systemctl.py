#!/usr/bin/python3
# tests/cli/runbook_systemctl.py: as much of systemctl as the runbooks use, in a private root.
import os
import shlex
import signal
import socket
import subprocess
import sys
import time

SECONDS = 90


def unit(name):
    """The settings of a unit file; lines that end in a backslash go on."""
    with open(f"/etc/systemd/system/{name}.service") as file:
        text = file.read().replace("\\\n", " ")
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)


def process(name):
    """The id of the unit's living process, or 0."""
    try:
        with open(f"/run/{name}.pid") as file:
            pid = int(file.read())
        with open(f"/proc/{pid}/stat") as file:
            return 0 if file.read().rsplit(")", 1)[1].split()[0] in "ZX" else pid
    except OSError:
        return 0


def start(name, wait):
    """Starts it; with Type=notify it is up when it says so."""
    if process(name):
        return 0
    settings = unit(name)
    path = f"/run/{name}.notify"
    if os.path.exists(path):
        os.unlink(path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notices, \
            open(f"/var/log/{name}.log", "ab") as log:
        notices.bind(path)
        os.chmod(path, 0o666)
        notices.settimeout(0.1)
        child = subprocess.Popen(
            shlex.split(settings["ExecStart"]), cwd="/", start_new_session=True,
            user=settings.get("User", "root"), group=settings.get("User", "root"),
            extra_groups=[], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "NOTIFY_SOCKET": path})
        with open(f"/run/{name}.pid", "w") as file:
            file.write(str(child.pid))
        end = time.monotonic() + SECONDS
        while wait and settings.get("Type") == "notify":
            try:
                if b"READY=1" in notices.recv(4096):
                    break
            except TimeoutError:
                pass
            if child.poll() is not None or time.monotonic() > end:
                print(f"Job for {name}.service failed.", file=sys.stderr)
                return 1
    return 0


def stop(name, sent=signal.SIGTERM):
    """Signals it and waits until it is gone."""
    end = time.monotonic() + SECONDS
    if pid := process(name):
        os.kill(pid, sent)
    while process(name):
        if time.monotonic() > end:
            print(f"{name}.service does not end.", file=sys.stderr)
            return 1
        time.sleep(0.02)
    return 0


def main(words):
    flags = [word for word in words if word.startswith("-")]
    command, *names = [word for word in words if not word.startswith("-")]
    if command == "daemon-reload" or (command == "enable" and "--now" not in flags):
        return 0
    name = names[0]
    if command in ("start", "enable"):
        return start(name, "--no-block" not in flags)
    if command == "stop":
        return stop(name)
    if command == "kill":
        return stop(name, signal.SIGKILL)
    if command == "is-active":
        print("active" if process(name) else "inactive")
        return 0 if process(name) else 3
    print(f"systemctl: no command {command}", file=sys.stderr)
    return 1


sys.exit(main(sys.argv[1:]))
