"""What the API server warns about addresses and networks (apimachinery/pkg/util/validation/ip.go)."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address, ip_interface

LEADING_ZEROS = "0123456789."


def unusual_address(text: str, path: str) -> Iterator[str]:
    """A warning about an address that is not in canonical form: with leading zeros, or another form of IPv6."""
    plain = _plain(text)
    if plain != text:
        yield f'{path}: non-standard IP address "{text}" is invalid: use "{plain}"'
        return
    try:
        address = ip_address(text)
    except ValueError:
        return
    if address.version == 6 and str(address) != text:
        yield f'{path}: IPv6 address "{text}" should be in RFC 5952 canonical format ("{address}")'


def unusual_network(text: str, path: str) -> Iterator[str]:
    """A warning about a network that is not in canonical form: with host bits, or leading zeros."""
    plain = "/".join(map(_plain, text.split("/")))
    try:
        match = ip_interface(plain)
    except ValueError:
        return
    if match.ip != match.network.network_address:
        single = f"{match.ip}/{match.max_prefixlen}"
        yield f'{path}: CIDR value "{text}" is ambiguous in this context (should be "{match.network}" or "{single}"?)'
    if plain != text:
        yield f'{path}: non-standard CIDR value "{text}" is invalid: use "{match.network}"'
    elif match.version == 6 and match.ip == match.network.network_address and str(match.network) != text:
        yield f'{path}: IPv6 CIDR value "{text}" should be in RFC 5952 canonical format ("{match.network}")'


def _plain(text: str) -> str:
    """Numbers without leading zeros."""
    if not text or set(text) - set(LEADING_ZEROS) or not all(text.split(".")):
        return text
    return ".".join(str(int(part)) for part in text.split("."))
