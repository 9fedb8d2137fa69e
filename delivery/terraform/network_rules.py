"""Rules about the network deployables send through. Each yields what is wrong, as a sentence."""

from collections.abc import Iterator, Sequence
from ipaddress import ip_address, ip_network
from typing import Final

from delivery.terraform.resources import Resource, of_type

_NAMES: Final = ("*.googleapis.com.", "*.run.app.")
# Cloud Run takes addresses 16 at a time, two for each instance; four are the subnet's own.
# https://cloud.google.com/run/docs/configuring/vpc-direct-vpc#direct-vpc-ip-allocation
_BLOCK: Final = 16
_ADDRESSES: Final = 2
_RESERVED: Final = 4


def google_is_reached_from_inside(resources: Sequence[Resource]) -> Iterator[str]:
    """Where all traffic goes through the network, Google's names have addresses it lets through."""
    inside = [running for running in _inside(resources) if _egress(running).endswith("ALL_TRAFFIC")]
    if not inside:
        return
    records = {r.values["name"]: r for r in of_type(resources, "google_dns_record_set")}
    open_ranges = [
        ip_network(text)
        for firewall in of_type(resources, "google_compute_firewall")
        if firewall.values.get("direction") == "EGRESS" and firewall.block("allow")
        for text in firewall.values.get("destination_ranges") or ()
    ]
    for name in _NAMES:
        if name not in records:
            yield f"{inside[0].address}: has no way from inside to {name}"
            continue
        for address in records[name].values["rrdatas"]:
            if not any(ip_address(address) in allowed for allowed in open_ranges):
                yield f"{records[name].address}: no firewall lets through to {address}"


def addresses_suffice(resources: Sequence[Resource]) -> Iterator[str]:
    needed = sum(-(-_ADDRESSES * _instances(r) // _BLOCK) * _BLOCK for r in _inside(resources))
    for subnet in of_type(resources, "google_compute_subnetwork"):
        room = ip_network(subnet.values["ip_cidr_range"]).num_addresses - _RESERVED
        if needed > room:
            yield f"{subnet.address}: {room} addresses, instances take up to {needed}"


def _inside(resources: Sequence[Resource]) -> list[Resource]:
    types = (
        "google_cloud_run_v2_service",
        "google_cloud_run_v2_job",
        "google_cloudfunctions2_function",
    )
    return [running for running in of_type(resources, *types) if _egress(running)]


def _egress(running: Resource) -> str:
    if running.type == "google_cloudfunctions2_function":
        return running.block("service_config").get("direct_vpc_egress") or ""
    inner = ("template",) if running.type.endswith("_service") else ("template", "template")
    return running.block(*inner, "vpc_access").get("egress") or ""


def _instances(running: Resource) -> int:
    if running.type == "google_cloudfunctions2_function":
        return int(running.block("service_config").get("max_instance_count") or 1)
    return int(running.block("scaling").get("max_instance_count") or 1)
