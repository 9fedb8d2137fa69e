"""From processor time to instances, connections and dollars: arithmetic alone, no measuring.

Instances follow from the processor time asked for at the peak, dollars from that of a month.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

SERVICES = ("auth", "course", "practice", "ai_gateway")
OWNERS_OF_TABLES = ("auth", "course")
# They send mail after the answer, so their processor is never taken away.
ALWAYS_ALLOCATED = ("auth",)
FUNCTIONS = ("audio_processing", "feedback_writer", "lesson_completion")
# Cloud SQL's default max_connections by memory, at 3.75 GB a vCPU:
# https://cloud.google.com/sql/docs/postgres/flags
TIERS: Mapping[int, int] = {1: 100, 2: 400, 4: 500, 8: 600, 16: 800, 32: 1000}
_MILLION, _KIB_PER_GIB, _HOUR_S = 1e6, 2**20, 3600.0
Recogniser = Literal["google", "local", "gemini"]


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What is not measured. Shares are 0 to 1, sizes GiB, times seconds unless a name says else."""

    attempts_per_learner_hour: float = 6.0
    calls_per_attempt: Mapping[str, float] = field(
        default_factory=lambda: {
            "create_attempt": 1.0,
            "poll_attempt": 10.0,
            "read_finished_attempt": 2.0,
            "login": 0.1,
            "read_oneself": 0.5,
            "list_courses": 0.5,
            "search_courses": 0.25,
            "read_course": 1.0,
        }
    )
    busy_hours_a_day: float = 4.0
    days_a_month: int = 30
    session_hours: float = 0.5
    share_of_busiest_hour: float = 0.2
    platform_factor: float = 1.5
    utilisation: float = 0.6
    function_utilisation: float = 0.8
    service_gib: float = 0.5
    function_gib: Mapping[str, float] = field(
        default_factory=lambda: {
            "audio_processing": 2.0,
            "feedback_writer": 0.5,
            "lesson_completion": 0.5,
        }
    )
    model_answer_s: float = 4.0
    model_calls_at_once: int = 8
    firestore_reads_per_attempt: float = 20.0
    firestore_writes_per_attempt: float = 10.0
    storage_writes_per_attempt: float = 3.0
    log_kib_per_call: float = 1.0
    event_kib_per_attempt: float = 6.0
    output_tokens: float = 500.0
    audio_tokens: float = 1920.0
    pool: int = 8
    reserved_connections: int = 10
    database_gb: int = 50
    min_instances: int = 1


@dataclass(frozen=True, slots=True)
class Load:
    name: str
    learners_at_once: float
    learner_hours_a_month: float


@dataclass(frozen=True, slots=True)
class Need:
    """What a load takes. Dollars are those of a month, by what is paid for."""

    load: Load
    attempts_a_second: float
    calls_a_second: float
    instances: Mapping[str, int]
    connections: int
    sql_vcpus: int
    sql_connections: int
    dollars: Mapping[str, float]

    @property
    def total(self) -> float:
        return sum(self.dollars.values())


class Model:
    """`measured` and `prices` as in the JSON files beside this module."""

    def __init__(
        self, measured: Mapping[str, Any], prices: Mapping[str, Any], assumed: Assumptions
    ) -> None:
        self._measured = measured
        self._price = {name: float(each["usd"]) for name, each in prices["prices"].items()}
        self._assumed = assumed

    @property
    def prompt_tokens(self) -> int:
        return int(self._measured["prompt_tokens"])

    def at_once(self, learners: int) -> Load:
        hours = learners * self._assumed.busy_hours_a_day * self._assumed.days_a_month
        return Load(f"{learners:,} at once", learners, hours)

    def a_day(self, learners: int) -> Load:
        hours_a_day = learners * self._assumed.session_hours
        at_once = hours_a_day * self._assumed.share_of_busiest_hour
        return Load(f"{learners:,} a day", at_once, hours_a_day * self._assumed.days_a_month)

    def cpu_s(self, process: str) -> float:
        """Of one attempt with the calls that come with it."""
        requests = self._measured["cpu_s_per_request"]
        calls = self._assumed.calls_per_attempt.items()
        of_calls = sum(times * requests[name].get(process, 0.0) for name, times in calls)
        measured = of_calls + self._measured["cpu_s_per_attempt"].get(process, 0.0)
        return float(measured * self._assumed.platform_factor)

    def need(self, load: Load) -> Need:
        assumed = self._assumed
        attempts_a_second = load.learners_at_once * assumed.attempts_per_learner_hour / _HOUR_S
        instances = {
            name: max(assumed.min_instances, self._instances(attempts_a_second * self.cpu_s(name)))
            for name in SERVICES
        } | {
            name: math.ceil(attempts_a_second * self._billed_s(name, "local")) for name in FUNCTIONS
        }
        # One instance more each: of the revision that is being replaced.
        pooled = assumed.pool * sum(instances[name] + 1 for name in OWNERS_OF_TABLES)
        connections = pooled + assumed.reserved_connections
        cores = attempts_a_second * self.cpu_s("postgres") / assumed.utilisation
        vcpus = next(v for v, most in TIERS.items() if v >= cores and most >= connections)
        attempts = load.learner_hours_a_month * assumed.attempts_per_learner_hour
        dollars = {
            name: cost * attempts / 1000 for name, cost in self.per_thousand("local").items()
        }
        return Need(
            load,
            attempts_a_second,
            attempts_a_second * sum(assumed.calls_per_attempt.values()),
            instances,
            connections,
            vcpus,
            TIERS[vcpus],
            dollars | self._standing(vcpus),
        )

    def per_thousand(self, recogniser: Recogniser) -> dict[str, float]:
        """Dollars for a thousand one-minute attempts, without what is paid when nobody comes."""
        price, assumed = self._price, self._assumed
        writing = self.prompt_tokens * price["gemini_million_input_tokens"]
        writing += assumed.output_tokens * price["gemini_million_output_tokens"]
        hearing = {
            "google": price["speech_to_text_minute"],
            "local": 0.0,
            "gemini": assumed.audio_tokens * price["gemini_million_audio_tokens"] / _MILLION,
        }[recogniser]
        calls = sum(assumed.calls_per_attempt.values())
        requests = (calls + len(FUNCTIONS) + 2) * price["cloud_run_million_requests"] / _MILLION
        each = {
            "recogniser": hearing,
            "model that writes feedback": writing / _MILLION,
            "functions": sum(self._function_dollars(name, recogniser) for name in FUNCTIONS),
            "services": sum(map(self._service_dollars, SERVICES)) + requests,
            "API Gateway": calls * price["api_gateway_million_calls"] / _MILLION,
            "stores, events and logs": self._stored(calls),
        }
        return {name: dollars * 1000 for name, dollars in each.items()}

    def _instances(self, cores: float) -> int:
        return math.ceil(cores / self._assumed.utilisation)

    def _billed_s(self, function: str, recogniser: Recogniser) -> float:
        cpu_s = self.cpu_s(function)
        if function == "audio_processing":
            cpu_s -= self._cpu_s_saved(recogniser) * self._assumed.platform_factor
        billed = max(cpu_s, 0.0) / self._assumed.function_utilisation
        if function == "feedback_writer":
            billed += self._assumed.model_answer_s / self._assumed.model_calls_at_once
        return billed

    def _cpu_s_saved(self, recogniser: Recogniser) -> float:
        """Beside Google's words the encoder still runs in the function; Gemini takes it all."""
        if recogniser == "local":
            return 0.0
        saved: float = self._measured["cpu_s_recognition"]
        return saved - self._measured["cpu_s_encoder"] if recogniser == "google" else saved

    def _function_dollars(self, name: str, recogniser: Recogniser) -> float:
        per_second = self._second(self._assumed.function_gib[name])
        return self._billed_s(name, recogniser) * per_second

    def _service_dollars(self, name: str) -> float:
        active_s = self.cpu_s(name) / self._assumed.utilisation
        return active_s * self._second(self._assumed.service_gib)

    def _second(self, gib: float) -> float:
        return self._price["cloud_run_vcpu_second"] + gib * self._price["cloud_run_gib_second"]

    def _stored(self, calls: float) -> float:
        price, assumed = self._price, self._assumed
        reads = assumed.firestore_reads_per_attempt + calls
        firestore = reads * price["firestore_100k_reads"]
        firestore += assumed.firestore_writes_per_attempt * price["firestore_100k_writes"]
        storage = assumed.storage_writes_per_attempt * price["storage_thousand_writes"] / 1000
        events = assumed.event_kib_per_attempt * price["pubsub_tib"] / 2**30
        logs = calls * assumed.log_kib_per_call * price["logging_gib"] / _KIB_PER_GIB
        return firestore / 1e5 + storage + events + logs

    def _standing(self, vcpus: int) -> dict[str, float]:
        """What a month costs before anybody comes; Cloud SQL with a standby in another zone."""
        price, assumed = self._price, self._assumed
        month_s = assumed.days_a_month * 24 * _HOUR_S
        memory = assumed.service_gib * price["cloud_run_gib_second"]
        idle = price["cloud_run_idle_vcpu_second"] + memory
        always = price["cloud_run_always_vcpu_second"] + memory
        waiting = sum(always if name in ALWAYS_ALLOCATED else idle for name in SERVICES)
        sql = vcpus * price["cloud_sql_vcpu_month"]
        sql += assumed.database_gb * price["cloud_sql_ssd_gb_month"]
        return {
            "minimum instances": assumed.min_instances * waiting * month_s,
            "Cloud SQL": 2 * sql,
        }
