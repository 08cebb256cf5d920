"""Runs a command in a network namespace of its own and prints what tried to leave it, a line for each destination.

    unshare --user --map-root-user --net --mount --kill-child python packet_watch.py COMMAND …

The namespace has loopback and one interface that leads nowhere, with the default route and the name server behind it.
Every packet sent there is seen, whoever sends it: connections that C++ opens do not pass through Python. Exits as the
command does; the destinations go to standard error behind SEEN.
"""

import fcntl
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading

SEEN = "left the machine: "
NAME_SERVER = "192.0.2.53"
_TUNSETIFF = 0x400454CA
_IP_PACKETS = 0x1001
"""IFF_TUN | IFF_NO_PI of linux/if_tun.h: what is read from the device are packets, each from its IP header on."""

_SETUP = """
ip link set lo up
ip link set away addrgenmode none
ip link set away up
ip address add 192.0.2.1/24 dev away
ip address add 2001:db8::1/64 dev away nodad
ip route add default dev away
ip -6 route add default dev away
"""


def prepare() -> int:
    """Make the interface that leads nowhere; returns the file descriptor from which its packets are read."""
    away = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(away, _TUNSETIFF, struct.pack("16sH22x", b"away", _IP_PACKETS))
    for line in _SETUP.strip().splitlines():
        subprocess.run(line.split(), check=True)
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as names:
        names.write(f"nameserver {NAME_SERVER}\noptions timeout:1 attempts:1\n")
        names.flush()
        subprocess.run(["mount", "--bind", names.name, "/etc/resolv.conf"], check=True)
    return away


def destination(packet: bytes) -> str:
    """The address an IP packet goes to, with the name it asks for where it goes to the name server."""
    if packet[0] >> 4 == 6:
        return socket.inet_ntop(socket.AF_INET6, packet[24:40])
    address = socket.inet_ntop(socket.AF_INET, packet[16:20])
    return f"{address} {_asked_name(packet[40:])}" if address == NAME_SERVER else address


def _asked_name(question: bytes) -> str:
    labels, at = [], 0
    while at < len(question) and question[at]:
        labels.append(question[at + 1 : at + 1 + question[at]].decode("ascii", "replace"))
        at += 1 + question[at]
    return ".".join(labels)


def main() -> int:
    away = prepare()
    seen: set[str] = set()

    def listen() -> None:
        while True:
            seen.add(destination(os.read(away, 65536)))

    threading.Thread(target=listen, daemon=True).start()
    code = subprocess.run(sys.argv[1:], check=False).returncode
    for one in sorted(seen):
        sys.stderr.write(f"{SEEN}{one}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
