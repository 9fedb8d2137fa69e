"""Client addresses as they are counted: one subscriber, one address."""

from ipaddress import IPv6Address, IPv6Network

_SUBSCRIBER_PREFIX = 64


def subscriber(address: str) -> str:
    """The address itself, or of an IPv6 one the /64 network (RFC 6177 §2)."""
    try:
        parsed = IPv6Address(address)
    except ValueError:
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((int(parsed), _SUBSCRIBER_PREFIX), strict=False))
