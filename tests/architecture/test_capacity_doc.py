"""docs/capacity.md is what the model makes of the measured figures and the prices."""

import json
import re
from datetime import date

from bench.capacity.__main__ import DOCUMENT, MEASURED, PRICES, rendered
from bench.capacity.document import LET_IN
from bench.capacity.model import FUNCTIONS, OWNERS_OF_TABLES, Assumptions, Model
from local.deployables import ROOT


def test_the_page_is_rendered_from_its_files() -> None:
    assert DOCUMENT.read_text() == rendered(), "run: python -m bench.capacity --render"


def test_every_price_has_a_date_and_a_source() -> None:
    for name, price in json.loads(PRICES.read_text())["prices"].items():
        assert price["usd"] > 0, name
        date.fromisoformat(f"{price['date']}-01")
        assert "https://" in price["source"], name


def test_figures_name_day_and_machine() -> None:
    measured = json.loads(MEASURED.read_text())
    date.fromisoformat(measured["measured_at"])
    assert set(measured["machine"]) == {"cores", "processor"}


def test_assumptions_are_what_terraform_deploys() -> None:
    prod = (ROOT / "infra/terraform/environments/prod/main.tf").read_text()
    functions = (ROOT / "infra/terraform/modules/rostrum/functions.tf").read_text()
    assumed = Assumptions()
    for service in OWNERS_OF_TABLES:
        assert re.search(rf"{service} .*pool = {assumed.pool} ", prod), service
    memory = assumed.function_gib["audio_processing"]
    assert f'capacity = {{ memory = "{memory:g}Gi" }}' in functions
    concurrency = f"concurrency = {assumed.model_calls_at_once}"
    assert re.search(rf"feedback_writer .*{concurrency}\b", functions)


def test_production_lets_in_the_load_the_page_names() -> None:
    model = Model(json.loads(MEASURED.read_text()), json.loads(PRICES.read_text()), Assumptions())
    prod = (ROOT / "infra/terraform/environments/prod/main.tf").read_text()
    module = (ROOT / "infra/terraform/modules/event_function/variables.tf").read_text()
    usual = re.search(r"max_instances = optional\(number, (\d+)\)", module)
    assert usual
    allowed = dict.fromkeys(FUNCTIONS, int(usual[1])) | {
        name: int(most) for name, most in re.findall(r"(\w+) += \{ max_instances = (\d+)", prod)
    }
    need = model.need(model.at_once(LET_IN))
    assert {n: most for n, most in need.instances.items() if most > allowed[n]} == {}
