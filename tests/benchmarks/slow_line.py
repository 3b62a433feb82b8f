"""A bad line between a window and a gateway on one machine: rate, delay, loss, outages, and connections that an outage kills.

It relays TCP, so it models what an application sees: bytes leave at the line's rate, shared by all connections of one direction,
and arrive a one-way delay later. A lost packet (1,400 bytes) takes its time on the line again and holds its own connection up
for one retransmission time-out. What it cannot show is TCP's own search for the rate (congestion window, acknowledgements).
"""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from dataclasses import dataclass

PACKET = 1400
QUEUE = 48_000


@dataclass(frozen=True, slots=True)
class Profile:
    """``rate_bps`` in bits a second; ``delay_s`` one way; ``dark_s`` of the last part of every ``period_s``."""

    rate_bps: int
    delay_s: float
    loss: float
    dark_s: float = 0.0
    period_s: float = 0.0
    drops_old: bool = False

    @property
    def usable(self) -> float:
        """Bytes per second that a perfect sender gets through while and as long as there is a line."""
        up = 1.0 if not self.period_s else (self.period_s - self.dark_s) / self.period_s
        return self.rate_bps / 8 * (1 - self.loss) * up


PROFILES = {
    "A": Profile(256_000, 0.15, 0.03),
    "B": Profile(256_000, 0.15, 0.03, 25, 60),
    "C": Profile(256_000, 0.15, 0.03, 10, 60, drops_old=True),
}


class SlowLine:
    """Listens on ``port`` and relays to the gateway's. ``went_up``: bytes that windows sent, as often as they sent them."""

    def __init__(self, target: int, profile: Profile, seed: int = 7) -> None:
        self.profile, self._target = profile, target
        self._chance = random.Random(seed)
        self._began = time.monotonic()
        self._locks = {"up": threading.Lock(), "down": threading.Lock()}
        self._free = {"up": 0.0, "down": 0.0}
        self.went_up = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def is_dark(self) -> bool:
        """Whether there is no line just now."""
        p = self.profile
        return bool(p.period_s) and (time.monotonic() - self._began) % p.period_s > p.period_s - p.dark_s

    def _epoch(self) -> int:
        return int((time.monotonic() - self._began) // self.profile.period_s) if self.profile.period_s else 0

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._join, args=(client,), daemon=True).start()

    def _join(self, client: socket.socket) -> None:
        """A connection takes a round trip, and none while it is dark."""
        while self.is_dark():
            time.sleep(0.05)
        time.sleep(self.profile.delay_s)
        try:
            server = socket.create_connection(("127.0.0.1", self._target))
        except OSError:
            client.close()
            return
        for each in (client, server):
            each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
        self._open |= {client, server}
        epoch = self._epoch()
        threading.Thread(target=self._relay, args=(client, server, "up", epoch), daemon=True).start()
        threading.Thread(target=self._relay, args=(server, client, "down", epoch), daemon=True).start()

    def _relay(self, source: socket.socket, sink: socket.socket, way: str, epoch: int) -> None:
        p = self.profile
        arriving: list[tuple[float, bytes]] = []
        done, condition = threading.Event(), threading.Condition()

        def deliver() -> None:
            while True:
                with condition:
                    while not arriving and not done.is_set():
                        condition.wait(0.2)
                    if not arriving:
                        break
                    at, packet = arriving.pop(0)
                time.sleep(max(at - time.monotonic(), 0))
                with contextlib.suppress(OSError):
                    sink.sendall(packet)
            _hang_up(source, sink)

        threading.Thread(target=deliver, daemon=True).start()
        with contextlib.suppress(OSError):
            while packet := source.recv(PACKET):
                while self.is_dark():
                    time.sleep(0.05)
                if p.drops_old and self._epoch() != epoch:
                    while True:  # silently dead, as behind a NAT box: whoever waits for it must find out
                        if not source.recv(PACKET):
                            break
                    break
                late = self._send(len(packet), way)
                with condition:
                    arriving.append((time.monotonic() + p.delay_s + late, packet))
                    condition.notify()
        done.set()

    def _send(self, size: int, way: str) -> float:
        """Wait for the line's transmitter; returns how much later the packet comes because it was lost on the way."""
        late = 0.0
        with self._locks[way]:
            if way == "up":
                self.went_up += size
            turns = 1
            while self._chance.random() < self.profile.loss:
                turns += 1
                late += 2 * self.profile.delay_s
            now = time.monotonic()
            self._free[way] = max(now, self._free[way]) + turns * size * 8 / self.profile.rate_bps
            ahead = self._free[way] - now
        room = QUEUE * 8 / self.profile.rate_bps
        if ahead > room / 4:
            time.sleep(ahead - room / 4)
        return late + min(ahead, room / 4)

    def close(self) -> None:
        self._listener.close()
        _hang_up(*self._open)


def _hang_up(*sockets: socket.socket) -> None:
    for each in sockets:
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()
