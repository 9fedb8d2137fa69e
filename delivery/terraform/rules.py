"""Every rule a plan is held against."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from delivery.terraform import access_rules, network_rules, running_rules
from delivery.terraform.resources import Resource

Rule = Callable[[Sequence[Resource]], Iterator[str]]

RULES: Final[tuple[Rule, ...]] = (
    access_rules.nothing_is_public,
    access_rules.members_are_added_singly,
    access_rules.roles_are_in_the_table,
    access_rules.signers_sign_for_themselves,
    access_rules.pushes_can_be_signed,
    access_rules.deliveries_can_give_what_is_given,
    running_rules.every_subscription_has_dead_letters,
    running_rules.every_function_has_its_subscription,
    running_rules.everything_runs_as_itself,
    running_rules.threads_are_as_many_as_requests,
    running_rules.images_are_named_by_digest,
    running_rules.secrets_are_no_settings,
    running_rules.connections_suffice,
    network_rules.google_is_reached_from_inside,
    network_rules.addresses_suffice,
)
PRODUCTION_RULES: Final[tuple[Rule, ...]] = (running_rules.production_is_protected,)


def broken(resources: Sequence[Resource], environment: str) -> list[str]:
    """What is wrong with the plan of this environment."""
    rules = RULES + (PRODUCTION_RULES if environment == "prod" else ())
    return [wrong for rule in rules for wrong in rule(resources)]
