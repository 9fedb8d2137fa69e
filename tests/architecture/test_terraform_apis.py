"""Every API that Terraform or a release calls is enabled first: a schema does not know of that."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULES = ROOT / "infra" / "terraform" / "modules"
SOURCE = "\n".join(path.read_text() for path in MODULES.rglob("*.tf"))
ENABLED = set(re.findall(r'"([a-z]+)\.googleapis\.com"', SOURCE))

# What a kind of resource begins with -> the API that makes it.
APIS = {
    "api_gateway": "apigateway",
    "artifact_registry": "artifactregistry",
    "billing_budget": "billingbudgets",
    "binary_authorization": "binaryauthorization",
    "certificate_manager": "certificatemanager",
    "cloud_run_v2": "run",
    "cloud_scheduler": "cloudscheduler",
    "cloudbuild": "cloudbuild",
    "cloudfunctions2": "cloudfunctions",
    "compute": "compute",
    "dns": "dns",
    "firebaserules": "firebaserules",
    "firestore": "firestore",
    "iam_workload_identity": "iam",
    "logging": "logging",
    "monitoring": "monitoring",
    "project_iam": "cloudresourcemanager",
    "project_service": "serviceusage",
    "pubsub": "pubsub",
    "secret_manager": "secretmanager",
    "service_account": "iam",
    "service_networking": "servicenetworking",
    "sql": "sqladmin",
    "storage": "storage",
}


def test_the_api_of_every_resource_is_enabled() -> None:
    kinds = set(re.findall(r'^resource "google_(\w+)"', SOURCE, re.MULTILINE))
    assert kinds
    for kind in sorted(kinds):
        begins = [prefix for prefix in APIS if kind.startswith(prefix)]
        assert len(begins) == 1, f"{kind}: of which API?"
        assert APIS[begins[0]] in ENABLED, kind


def test_an_image_is_scanned_before_its_sbom_is_exported() -> None:
    """https://cloud.google.com/artifact-analysis/docs/generate-store-sboms#before-you-begin"""
    if "artifacts sbom export" in (ROOT / "Makefile").read_text():
        assert {"containeranalysis", "containerscanning"} <= ENABLED


def test_calls_of_people_count_on_the_environments_own_project() -> None:
    """Budgets answer 403 to a person's credentials without a project for the quota."""
    for backend in (ROOT / "infra" / "terraform" / "environments").glob("*/backend.tf"):
        providers = re.findall(r'^provider "\S+" \{\n(.*?)^\}', backend.read_text(), re.M | re.S)
        assert len(providers) == 2
        for provider in providers:
            settings = dict(re.findall(r"(\w+)\s+= (\S+)", provider))
            assert settings["user_project_override"] == "true"
            assert settings["billing_project"] == settings["project"] == "var.project_id"
