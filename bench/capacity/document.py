"""docs/capacity.md, from what was measured, the prices and the assumptions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from bench.capacity.model import FUNCTIONS, SERVICES, Assumptions, Model, Need, Recogniser

GOAL_USD = 3.0
_AT_ONCE = (100, 1_000, 10_000)
LET_IN = 10_000
"""Learners at once for whom production's limits on instances suffice."""
_A_DAY = 50_000
_VARIANTS: Mapping[Recogniser, str] = {
    "google": "(a) Google Speech-to-Text",
    "local": "(b) recogniser inside the function",
    "gemini": "(c) Gemini hears the audio",
}


def render(measured: Mapping[str, Any], prices: Mapping[str, Any], assumed: Assumptions) -> str:
    model = Model(measured, prices, assumed)
    loads = [*map(model.at_once, _AT_ONCE), model.a_day(_A_DAY)]
    sections = [
        _head(measured),
        _measured(measured),
        _per_thousand(model),
        _needs([model.need(load) for load in loads]),
        _assumptions(assumed),
        _prices(prices),
    ]
    return "\n\n".join(sections) + "\n"


def _head(measured: Mapping[str, Any]) -> str:
    machine = measured["machine"]
    return (
        "# Capacity and cost\n\n"
        "Written by `make bench-capacity` from `bench/capacity/measured.json`, "
        "`bench/capacity/prices.json` and\nthe assumptions below; change those, not this page "
        "(`python -m bench.capacity --render` measures nothing).\n\n"
        f"Measured {measured['measured_at']} on {machine['cores']} cores of "
        f"{machine['processor']}, Python {measured['python']}, with Google's adapters on the\n"
        "emulators, gunicorn and functions-framework as deployed. Figures are processor time of "
        "the deployable's own\nprocess; the emulators' is left out. TLS to Google's APIs, cold "
        "starts and a slower vCPU are not in it: for those\nthe model takes `platform_factor` "
        "times the measured time."
    )


def _measured(measured: Mapping[str, Any]) -> str:
    requests = [
        (
            f"`{name}`",
            service,
            f"{spent[service] * 1000:.1f}",
            f"{1 / spent[service]:.0f}",
            f"{spent.get('postgres', 0.0) * 1000:.1f}",
        )
        for name, spent in measured["cpu_s_per_request"].items()
        for service in spent.keys() & set(SERVICES)
    ]
    stages = [
        (f"`{name}`", f"{seconds:.3f}", f"{measured['peak_mb'].get(name, 0)}")
        for name, seconds in measured["cpu_s_per_attempt"].items()
    ]
    services = ", ".join(f"{name} {measured['peak_mb'].get(name, 0)}" for name in SERVICES)
    return "\n\n".join(
        [
            "## Measured",
            _table(
                (
                    "operation",
                    "service",
                    "ms of processor",
                    "a second and core",
                    "ms in PostgreSQL",
                ),
                requests,
            ),
            "One attempt of 60 seconds of speech, behind its upload:",
            _table(("deployable", "s of processor", "peak MB"), stages),
            f"Of `audio_processing`, {measured['cpu_s_recognition']:.1f} s are the recogniser; "
            "beside Google's words the encoder\nalone takes "
            f"{measured['cpu_s_encoder']:.2f} s, or "
            f"{measured['cpu_s_encoder_of_reading']:.2f} s if it is a reading. "
            f"Peak MB of the services: {services}.",
        ]
    )


def _per_thousand(model: Model) -> str:
    costs = {name: model.per_thousand(name) for name in _VARIANTS}
    rows = [(line, *(f"{cost[line]:.2f}" for cost in costs.values())) for line in costs["local"]]
    totals = {name: sum(cost.values()) for name, cost in costs.items()}
    rows.append(("**together**", *(f"**{total:.2f}**" for total in totals.values())))
    met = "met" if totals["local"] <= GOAL_USD else "not met"
    rubric = totals["local"] - costs["local"]["model that writes feedback"]
    return "\n\n".join(
        [
            "## Dollars for 1,000 attempts of one minute",
            _table(("", *_VARIANTS.values()), rows),
            f"Goal for (b): at most {GOAL_USD:.2f} $: {met}. With the rubric writer in place of a "
            f"model (b) is {rubric:.2f} $: the recogniser\nis cheap, and a model is paid mostly "
            f"for the {model.prompt_tokens:,} tokens (estimated) it is sent for a minute of "
            "speech. In (c)\nit is sent the audio beside them. "
            "Cloud SQL and instances that wait are below; free tiers are left out.",
        ]
    )


def _needs(needs: Sequence[Need]) -> str:
    titles = ("", *(need.load.name for need in needs))
    rows = [
        ("learners at the peak", *(f"{need.load.learners_at_once:,.0f}" for need in needs)),
        ("attempts a second", *(f"{need.attempts_a_second:.2f}" for need in needs)),
        ("calls a second", *(f"{need.calls_a_second:.0f}" for need in needs)),
        *(
            (f"instances of `{name}`", *(str(need.instances[name]) for need in needs))
            for name in (*SERVICES, *FUNCTIONS)
        ),
        ("connections to PostgreSQL", *(str(need.connections) for need in needs)),
        (
            "Cloud SQL: vCPU, its connections",
            *(f"{need.sql_vcpus}, {need.sql_connections}" for need in needs),
        ),
        *(
            (f"$ {name}", *(f"{need.dollars[name]:,.0f}" for need in needs))
            for name in needs[0].dollars
        ),
        ("**$ a month**", *(f"**{need.total:,.0f}**" for need in needs)),
    ]
    return "\n\n".join(
        [
            "## Instances, connections, dollars a month",
            "With the local recogniser and a model that writes the feedback, variant (b).",
            _table(titles, rows),
            f"The limits in `infra/terraform/environments/prod/main.tf` let in {LET_IN:,} at once; "
            "its budget is that of 1,000.\nMore attempts wait for an instance, and none is lost.",
        ]
    )


def _assumptions(assumed: Assumptions) -> str:
    rows: list[tuple[str, str]] = []
    for each in fields(assumed):
        value = getattr(assumed, each.name)
        if isinstance(value, Mapping):
            value = ", ".join(f"{name} {number:g}" for name, number in value.items())
        rows.append((f"`{each.name}`", f"{value:g}" if isinstance(value, float) else str(value)))
    return "\n\n".join(
        [
            "## Assumptions",
            "Of `Assumptions` in `bench/capacity/model.py`. “A day” means learners who come once; "
            "“at once” lasts `busy_hours_a_day`.\nFirestore's and the log's volumes, tokens by "
            "their look and the answer's length are estimates, not measured.",
            _table(("assumption", "value"), rows),
        ]
    )


def _prices(prices: Mapping[str, Any]) -> str:
    rows = [
        (
            f"`{name}`",
            f"{each['usd']:.10f}".rstrip("0").rstrip("."),
            each["date"],
            each["source"],
            "yes" if each["check"] else "",
        )
        for name, each in prices["prices"].items()
    ]
    return "\n\n".join(
        [
            "## Prices",
            f"In {prices['currency']}, {prices['region']}. Those to check were not read on "
            "Google's own page.",
            _table(("price", "USD", "read", "source", "to check"), rows),
        ]
    )


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(titles) + " |", "|" + "---|" * len(titles)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)
