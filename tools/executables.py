"""Writes simulator/images/executables.json: the programs of base images, of busybox releases and of Debian packages.

Usage: executables.py APPLETS [--out FILE]

APPLETS is a JSON file with the applets of busybox by release ({"1.36.1": ["ash", ...]}), as `busybox --list` prints them. The lists of
Debian come from the packages themselves: from `dpkg -L` where a package is installed, else from the archive that `apt-get download`
fetches. The script therefore runs on Debian. The images, with their packages and programs, are in simulator/images/image_programs.json:
they are facts of the images' published Dockerfiles, and are written by hand.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

OUT = Path(__file__).parents[1] / "simulator/images/executables.json"
BINARY_DIRECTORY = re.compile(r"^\.?/(?:usr/(?:local/)?)?s?bin/([^/]+)$")
NO_EXTRAS = ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")

ALTERNATIVES = {
    "bind9-host": "host",
    "mawk": "awk nawk",
    "gawk": "awk nawk",
    "netcat-openbsd": "nc netcat",
    "netcat-traditional": "nc netcat",
    "less": "pager",
    "nano": "editor pico",
    "vim": "vi vim view ex editor vimdiff rvim rview",
    "vim-tiny": "vi view ex editor",
    "telnet": "telnet",
    "inetutils-telnet": "telnet",
    "gcc": "cc c89 c99",
    "g++": "c++",
    "openssh-client": "slogin",
    "debianutils": "which",
    "python3": "python3 python3.11 pydoc3",
    "mariadb-client": "mysql mysqldump mysqladmin",
    "redis-tools": "redis-cli",
}
"""Names that a package's installation script adds as alternatives or links: no list of files has them."""

PACKAGES = [
    "apache2-utils", "bind9-dnsutils", "bind9-host", "bzip2", "ca-certificates", "cron", "curl", "default-mysql-client", "dirmngr",
    "dnsutils", "file", "fontconfig", "g++", "gawk", "gcc", "gettext-base", "git", "gnupg", "gosu", "htop", "inetutils-telnet", "iperf3",
    "iproute2", "iputils-ping", "jq", "less", "locales", "lsof", "make", "mariadb-client", "mercurial", "nano", "net-tools",
    "netcat-openbsd", "netcat-traditional", "numactl", "openssh-client", "openssl", "p11-kit", "patch", "perl", "postgresql-client",
    "procps", "psmisc", "pwgen", "python3", "python3-pip", "redis-server", "redis-tools", "rsync", "socat", "sqlite3", "strace", "stress",
    "stress-ng", "subversion", "sudo", "supervisor", "tcpdump", "telnet", "tini", "traceroute", "unzip", "vim", "wget", "xz-utils", "zip",
    "zstd",
]  # fmt: skip
"""Packages that scripts install, and those that images are made of."""

# `busybox --list` in Alpine 3.18's image, and what the configuration of main/busybox in aports has beyond it.
ALPINE = """
    [ [[ acpid add-shell addgroup adduser adjtimex arch arp arping ash awk base64 basename bbconfig bc beep blkdiscard blkid blockdev
    brctl bunzip2 bzcat bzip2 cal cat chattr chgrp chmod chown chpasswd chroot chvt cksum clear cmp comm conspy cp cpio crond crontab
    cryptpw cut date dc dd deallocvt delgroup deluser depmod df diff dirname dmesg dnsdomainname dos2unix du dumpkmap dumpleases echo ed
    egrep eject env ether-wake expand expr factor fallocate false fatattr fbset fbsplash fdflush fdformat fdisk fgrep find findfs flock
    fold free fsck fstrim fsync fuser getopt getty grep groups gunzip gzip halt hd hdparm head hexdump hostid hostname hwclock id
    ifconfig ifdown ifenslave ifup init inotifyd insmod install ionice iostat ip ipaddr ipcalc ipcrm ipcs iplink ipneigh iproute iprule
    iptunnel kbd_mode kill killall killall5 klogd last less link linux32 linux64 ln loadfont loadkmap logger login logread losetup ls
    lsattr lsmod lsof lspci lsusb lzcat lzma lzop lzopcat makemime md5sum mdev mesg microcom mkdir mkdosfs mkfifo mkfs.vfat mknod
    mkpasswd mkswap mktemp modinfo modprobe more mount mountpoint mpstat mv nameif nanddump nandwrite nbd-client nc netstat nice nl
    nmeter nohup nologin nproc nsenter nslookup ntpd od openvt partprobe passwd paste patch pgrep pidof ping ping6 pipe_progress
    pivot_root pkill pmap poweroff powertop printenv printf ps pscan pstree pwd pwdx raidautorun rdate rdev readahead readlink
    readprofile realpath reboot reformime remove-shell renice reset resize rev rfkill rm rmdir rmmod route run-parts sed sendmail seq
    setconsole setfont setkeycodes setlogcons setpriv setserial setsid sh sha1sum sha256sum sha3sum sha512sum showkey shred shuf
    slattach sleep smemcap sort split stat strings stty su sum swapoff swapon switch_root sync sysctl syslogd tac tail tar tee test time
    timeout top touch tr traceroute traceroute6 tree true truncate tty ttysize tunctl udhcpc udhcpc6 umount uname unexpand uniq unix2dos
    unlink unlzma unlzop unshare unxz unzip uptime usleep uudecode uuencode vconfig vi vlock volname watch watchdog wc wget which who
    whoami whois xargs xxd xzcat yes zcat zcip busybox apk getconf getent iconv ldconfig ldd scanelf ssl_client
"""

RPM_PACKAGES = [
    "bash", "coreutils", "curl", "findutils", "gawk", "gpg", "gpg-agent", "gpgconf", "gpgv", "grep", "gzip", "libc-bin", "login", "passwd",
    "sed", "tar",
]  # fmt: skip
"""Debian's packages of the programs that Oracle Linux's slim image has under other packages' names (docker-library/repo-info, mysql)."""
RPM_PROGRAMS = (
    "sh alternatives update-alternatives microdnf p11-kit rpm rpmdb rpmkeys rpm2archive rpm2cpio rpmquery rpmverify trust update-ca-trust"
)

APK_PACKAGES = {
    "bind-tools": "dig host nslookup delv nsupdate rndc mdig nsec3hash",
    "busybox-extras": "telnet telnetd httpd ftpget ftpput ftpd dnsd inetd tftp udhcpd fakeidentd busybox-extras",
    "docker-cli": "docker",
    "coreutils": "coreutils",
    "git": "git",
    "iputils": "ping arping tracepath clockdiff",
    "mariadb-client": "mysql mariadb mysqldump mysqladmin mariadb-dump mariadb-admin",
    "mysql-client": "mysql mariadb mysqldump mysqladmin mariadb-dump mariadb-admin",
    "netcat-openbsd": "nc",
    "nodejs": "node",
    "npm": "npm npx node",
    "openssh": "ssh scp sftp ssh-keygen ssh-keyscan ssh-add ssh-agent sshd",
    "openssh-client": "ssh scp sftp ssh-keygen ssh-keyscan ssh-add ssh-agent",
    "postgresql-client": "psql pg_isready pg_dump pg_dumpall pg_restore createdb dropdb createuser",
    "py3-pip": "pip pip3 python3 python",
    "python3": "python3 python pydoc3 idle3",
    "redis": "redis-server redis-cli redis-sentinel redis-benchmark",
    "gettext": "gettext envsubst msgfmt",
    "libxml2-utils": "xmllint",
    "aws-cli": "aws",
    "util-linux": "util-linux lsblk flock nsenter unshare",
    "procps": "ps top free pgrep pkill pmap uptime vmstat w watch sysctl pidof kill",
    "procps-ng": "ps top free pgrep pkill pmap uptime vmstat w watch sysctl pidof kill",
    "ca-certificates": "update-ca-certificates",
    "apache2-utils": "ab htpasswd",
    "build-base": "gcc g++ make cc c++ ld ar as strip",
    "gcc": "gcc cc ld ar as strip",
    "openssl": "openssl",
    "sqlite": "sqlite3",
    "vim": "vim vi xxd",
    "shadow": "useradd usermod groupadd userdel passwd",
}
"""Packages of Alpine whose programs have other names than the package (pkgs.alpinelinux.org, contents)."""


def output(*command: str) -> str:
    """The output of a command. Raises CalledProcessError when it fails."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def closure(package: str) -> list[str]:
    """A package and everything it depends on, without recommendations."""
    lines = output("apt-cache", "depends", "--recurse", *(f"--no-{kind}" for kind in NO_EXTRAS), package).splitlines()
    names = {line for line in lines if line and not line.startswith((" ", "<")) and not _is_library(line)}
    return sorted({package, *names})


def _is_library(package: str) -> bool:
    """Whether a package is a library by its name, which seldom brings programs, and none that containers run."""
    library = package.startswith(("lib", "python3-", "fonts-", "linux-", "node-")) and not package.endswith(("-bin", "-utils", "-pip"))
    return library or ":" in package


def required() -> list[str]:
    """The packages of a minimal Debian: those of priority required, and apt with what it needs (debootstrap's minbase)."""
    rows = output("dpkg-query", "-W", "-f", "${Package} ${Priority} ${Essential}\\n").splitlines()
    own = {row.split()[0] for row in rows if " required " in f"{row} " or row.endswith(" yes")}
    return sorted({*own, *closure("apt"), *(name for package in own for name in closure(package))})


@cache
def programs(package: str) -> frozenset[str]:
    """The names of a package's files in directories of programs. Empty for a package that has none, or exists only by name."""
    names = set(ALTERNATIVES.get(package, "").split())
    names |= {match[1] for path in _files(package) if (match := BINARY_DIRECTORY.match(path))}
    return frozenset(names)


def _files(package: str) -> list[str]:
    listed = subprocess.run(("dpkg", "-L", package), check=False, capture_output=True, text=True)
    if listed.returncode == 0:
        return listed.stdout.splitlines()
    with tempfile.TemporaryDirectory() as folder:
        got = subprocess.run(("apt-get", "download", "-qq", package), cwd=folder, check=False, capture_output=True)
        archives = sorted(Path(folder).glob("*.deb"))
        if got.returncode or not archives:
            print(f"{package}: no archive", file=sys.stderr)
            return []
        return [line.split(maxsplit=5)[5].split(" -> ")[0] for line in output("dpkg", "-c", str(archives[0])).splitlines()]


def busybox(applets: dict[str, list[str]]) -> dict[str, str]:
    """Applets by release: the first release in full, each later one as `+name` and `-name` against the one before."""
    rows: dict[str, str] = {}
    before: set[str] = set()
    for release, names in applets.items():
        now = {*names, "busybox", "getconf"}
        rows[release] = " ".join([*sorted(f"+{name}" for name in now - before), *sorted(f"-{name}" for name in before - now)])
        before = now
    return rows


def rpm() -> str:
    """The programs of a small image of a Red Hat system."""
    return " ".join(sorted({*RPM_PROGRAMS.split(), *(name for package in RPM_PACKAGES for name in programs(package))}))


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("applets", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    base = frozenset(name for package in required() for name in programs(package))
    packages = {}
    for package in sorted(PACKAGES):
        own = frozenset(name for part in closure(package) for name in programs(part))
        packages[package] = " ".join(sorted(own - base))
    release = output("sh", "-c", ". /etc/os-release; echo $VERSION_ID").strip()
    data = {
        "sources": {
            "busybox": "busybox --list of each release",
            "debian": f"package file lists of Debian {release}: priority required, and apt",
            "packages": f"package file lists of Debian {release}, with dependencies but no recommendations; without what the base has",
            "alpine": "busybox --list in Alpine 3.18, main/busybox/busyboxconfig of aports; apk-tools, musl-utils, scanelf, ssl_client",
            "rpm": "packages of Oracle Linux's slim image (docker-library/repo-info), with the programs of Debian's packages",
            "apk": "contents of Alpine's packages, where their programs have other names",
        },
        "busybox": busybox(json.loads(given.applets.read_text(encoding="utf-8"))),
        "debian": " ".join(sorted(base)),
        "packages": {name: names for name, names in packages.items() if names},
        "alpine": " ".join(sorted(ALPINE.split())),
        "rpm": rpm(),
        "apk": APK_PACKAGES,
    }
    given.out.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
