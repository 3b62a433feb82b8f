"""What a PIN or passphrase has to be."""

from __future__ import annotations

from clerk_app.errors import Refused

SHORTEST_PIN = 6
SHORTEST_PASSPHRASE = 10
LONGEST_PIN = 64
_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")


def acceptable(pin: str) -> str:
    """A PIN of at least six digits, or a passphrase of at least ten signs. Raises Refused."""
    pin = tidy(pin)
    if len(pin) > LONGEST_PIN or not pin.isprintable():
        raise Refused("口令太长，或有看不见的字符。", what_to_do="请换一个口令。")
    if pin.isdigit() and pin.isascii():
        if len(pin) < SHORTEST_PIN:
            raise Refused(f"PIN 至少要 {SHORTEST_PIN} 位数字。", what_to_do="请重新设置一个 PIN。")
    elif len(pin) < SHORTEST_PASSPHRASE:
        raise Refused(
            f"PIN 至少要 {SHORTEST_PIN} 位数字；不全是数字的口令至少要 {SHORTEST_PASSPHRASE} 个字符。",
            what_to_do="请重新设置一个。",
        )
    return pin


def tidy(pin: str) -> str:
    """Full-width digits are what an input method makes of digits."""
    return pin.strip().translate(_FULL_WIDTH)
