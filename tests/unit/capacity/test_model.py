"""The arithmetic from processor time to instances, connections and dollars."""

from dataclasses import replace
from typing import Any

import pytest

from bench.capacity.model import TIERS, Assumptions, Model

CALLS = {"create_attempt": 1.0, "login": 0.5}
ASSUMED = replace(
    Assumptions(),
    attempts_per_learner_hour=6.0,
    calls_per_attempt=CALLS,
    busy_hours_a_day=2.0,
    days_a_month=30,
    platform_factor=1.0,
    utilisation=0.5,
    function_utilisation=1.0,
    model_answer_s=0.0,
    output_tokens=1000.0,
)
PRICES = {
    "cloud_run_vcpu_second": 1e-5,
    "cloud_run_gib_second": 0.0,
    "cloud_run_idle_vcpu_second": 0.0,
    "cloud_run_always_vcpu_second": 0.0,
    "cloud_run_million_requests": 0.0,
    "api_gateway_million_calls": 4.0,
    "firestore_100k_reads": 0.0,
    "firestore_100k_writes": 0.0,
    "pubsub_tib": 0.0,
    "storage_thousand_writes": 0.0,
    "logging_gib": 0.0,
    "cloud_sql_vcpu_month": 50.0,
    "cloud_sql_ssd_gb_month": 0.0,
    "speech_to_text_minute": 0.016,
    "gemini_million_input_tokens": 1.0,
    "gemini_million_output_tokens": 2.0,
    "gemini_million_audio_tokens": 1.0,
}
MEASURED: dict[str, Any] = {
    "cpu_s_per_request": {
        "create_attempt": {"practice": 0.01},
        "login": {"auth": 0.1, "postgres": 0.02},
    },
    "cpu_s_per_attempt": {"audio_processing": 10.0, "feedback_writer": 0.1, "postgres": 0.01},
    "cpu_s_recognition": 8.0,
    "cpu_s_encoder": 3.0,
    "prompt_tokens": 2000,
}


def model(assumed: Assumptions = ASSUMED, **prices: float) -> Model:
    each = {name: {"usd": usd} for name, usd in (PRICES | prices).items()}
    return Model(MEASURED, {"prices": each}, assumed)


def test_an_attempt_costs_its_calls_and_its_stages() -> None:
    assert model().cpu_s("auth") == pytest.approx(0.05)
    assert model().cpu_s("postgres") == pytest.approx(0.5 * 0.02 + 0.01)
    assert model().cpu_s("audio_processing") == pytest.approx(10.0)
    assert model().cpu_s("course") == 0


def test_the_platform_takes_its_share_of_all_processor_time() -> None:
    slower = model(replace(ASSUMED, platform_factor=2.0))
    assert slower.cpu_s("auth") == pytest.approx(2 * model().cpu_s("auth"))
    saved = [
        m.per_thousand("local")["functions"] - m.per_thousand("google")["functions"]
        for m in (model(), slower)
    ]
    assert saved[1] == pytest.approx(2 * saved[0])
    assert saved[0] == pytest.approx((8.0 - 3.0) * 1e-5 * 1000)


def test_a_crowd_arrives_at_the_rate_of_its_attempts() -> None:
    need = model().need(model().at_once(6000))
    assert need.attempts_a_second == pytest.approx(10.0)
    assert need.calls_a_second == pytest.approx(15.0)


def test_instances_follow_from_processor_time() -> None:
    instances = model().need(model().at_once(6000)).instances
    assert instances["auth"] == 1  # 10 x 0.05 s at half use
    assert instances["audio_processing"] == 100  # 10 x 10 s, one recording at a time
    assert instances["course"] == 1, "there is always one"


def test_twice_the_learners_take_twice_the_instances() -> None:
    few, many = (model().need(model().at_once(n)).instances for n in (60_000, 120_000))
    assert many["auth"] == 2 * few["auth"] == 20
    assert many["audio_processing"] == 2 * few["audio_processing"]


def test_connections_leave_room_for_the_revision_before() -> None:
    need = model().need(model().at_once(60_000))
    pools = (need.instances["auth"] + 1 + need.instances["course"] + 1) * ASSUMED.pool
    assert need.connections == pools + ASSUMED.reserved_connections


def test_the_instance_of_cloud_sql_bears_connections_and_processor_time() -> None:
    need = model().need(model().at_once(60_000))
    assert need.connections <= need.sql_connections == TIERS[need.sql_vcpus]
    assert need.sql_vcpus >= need.attempts_a_second * model().cpu_s("postgres") / 0.5
    smaller = [vcpus for vcpus in TIERS if vcpus < need.sql_vcpus]
    assert all(TIERS[vcpus] < need.connections or vcpus < 100 * 0.02 / 0.5 for vcpus in smaller), (
        "and no smaller one does"
    )


def test_learners_of_a_day_come_in_its_busiest_hour() -> None:
    load = model(replace(ASSUMED, session_hours=0.5, share_of_busiest_hour=0.2)).a_day(50_000)
    assert load.learners_at_once == pytest.approx(5_000)
    assert load.learner_hours_a_month == pytest.approx(50_000 * 0.5 * 30)


def test_dollars_of_a_thousand_attempts() -> None:
    each = model().per_thousand("local")
    assert each["functions"] == pytest.approx(10.1 * 1e-5 * 1000)
    assert each["model that writes feedback"] == pytest.approx(2.0 + 2.0)
    assert each["API Gateway"] == pytest.approx(1.5 * 4.0 / 1000)
    assert each["services"] == pytest.approx((0.01 + 0.05) / 0.5 * 1e-5 * 1000)


def test_a_recogniser_elsewhere_is_paid_instead_of_its_processor_time() -> None:
    local, google, gemini = (model().per_thousand(n) for n in ("local", "google", "gemini"))
    assert google["recogniser"] == pytest.approx(16.0)
    assert gemini["recogniser"] == pytest.approx(1.92)
    assert gemini["functions"] == pytest.approx(local["functions"] - 8.0 * 1e-5 * 1000)
    assert google["model that writes feedback"] == local["model that writes feedback"]


def test_beside_googles_words_the_encoder_still_runs() -> None:
    local, google, gemini = (
        model().per_thousand(n)["functions"] for n in ("local", "google", "gemini")
    )
    assert google == pytest.approx(local - (8.0 - 3.0) * 1e-5 * 1000)
    assert google == pytest.approx(gemini + 3.0 * 1e-5 * 1000)


def test_a_month_pays_its_attempts_and_what_stands() -> None:
    need = model().need(model().at_once(1000))
    attempts = 1000 * 2 * 30 * 6
    each = sum(model().per_thousand("local").values()) / 1000
    assert need.total == pytest.approx(attempts * each + need.dollars["Cloud SQL"])
    assert need.dollars["Cloud SQL"] == pytest.approx(2 * 50.0 * need.sql_vcpus)


@pytest.mark.parametrize("name", PRICES)
def test_no_price_is_without_effect(name: str) -> None:
    assumed = replace(ASSUMED, model_answer_s=1.0)
    variants = {"speech_to_text_minute": "google", "gemini_million_audio_tokens": "gemini"}
    if name in variants:
        before, after = (
            sum(m.per_thousand(variants[name]).values())  # type: ignore[arg-type]
            for m in (model(assumed), model(assumed, **{name: 9.0}))
        )
    else:
        before, after = (
            m.need(m.at_once(1000)).total for m in (model(assumed), model(assumed, **{name: 99.0}))
        )
    assert after > before
