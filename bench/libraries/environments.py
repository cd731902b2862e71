"""A virtual environment for each library: installation, and how large it is.

The packages are downloaded first, into a folder that all libraries share, and installed from there: the time of an
installation has no network in it. The figures are kept in `installed.json` of each environment, because a package that is
installed later would change them.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import unquote, urlparse

RECORD = "installed.json"


def python_of(environment):
    return environment / "bin" / "python"


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return done.stdout


def bytes_of(folder):
    """Bytes on disk of a folder, by du."""
    return int(run("du", "-s", "--block-size=1", folder).split()[0])


def install(requirement, environment, wheels):
    """Install a requirement into a new environment; its sizes and the seconds of the installation."""
    run(sys.executable, "-m", "venv", "--clear", environment)
    python = python_of(environment)
    empty = bytes_of(environment)
    run(python, "-m", "pip", "download", "--quiet", "--dest", wheels, requirement)
    with tempfile.TemporaryDirectory() as room:
        report = Path(room) / "report.json"
        command = ["-m", "pip", "install", "--quiet", "--no-index", "--no-cache-dir", "--find-links", wheels]
        start = time.perf_counter()
        run(python, *command, "--report", report, requirement)
        seconds = time.perf_counter() - start
        packages = json.loads(report.read_text())["install"]
    record = {
        "requirement": Path(requirement).name,
        "packages": {p["metadata"]["name"]: p["metadata"]["version"] for p in packages},
        "download_bytes": sum(file_of(p).stat().st_size for p in packages),
        "installed_bytes": bytes_of(environment) - empty,
        "install_s": seconds,
        "load_average": os.getloadavg()[0],
    }
    (environment / RECORD).write_text(json.dumps(record, indent=1))
    return record


def file_of(package):
    """The downloaded file of a package, from the address in pip's report."""
    return Path(unquote(urlparse(package["download_info"]["url"]).path))


def prepare(requirement, environment, wheels, reuse):
    """The record of an environment, which is made unless it is there and may be used again."""
    environment = environment.resolve()
    record = environment / RECORD
    if reuse and record.exists():
        return json.loads(record.read_text())
    return install(requirement, environment, wheels)


def evict(environment):
    """Drop the files of an environment from the page cache, so that the next import reads them from the disk."""
    for folder, _, names in os.walk(environment):
        for name in names:
            path = os.path.join(folder, name)
            if not os.path.islink(path):
                descriptor = os.open(path, os.O_RDONLY)
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
                os.close(descriptor)
