"""A plan of Terraform's that every rule lets pass, small enough to be broken at one place."""

from typing import Any

from delivery.terraform.resources import Resource, planned

Values = dict[str, Any]
DOMAIN = "rostrum-test.iam.gserviceaccount.com"
IMAGE = "images/rostrum@sha256:" + "0" * 64
FOREVER = [{"ttl": ""}]

SOUND: dict[str, Values] = {
    "google_cloud_run_v2_service.auth": {
        "name": "auth",
        "ingress": "INGRESS_TRAFFIC_ALL",
        "invoker_iam_disabled": False,
        "deletion_protection": True,
        "scaling": [{"max_instance_count": 4}],
        "template": [
            {
                "service_account": f"svc-auth@{DOMAIN}",
                "max_instance_request_concurrency": 8,
                "containers": [
                    {
                        "image": IMAGE,
                        "args": ["--name=auth", "--threads=8"],
                        "env": [
                            {"name": "ROSTRUM_SQL_POOL", "value": "8"},
                            {"name": "ROSTRUM_TOTP_KEY", "value": ""},
                        ],
                    }
                ],
            }
        ],
    },
    "google_cloudfunctions2_function.eraser": {
        "name": "account-eraser",
        "service_config": [
            {
                "ingress_settings": "ALLOW_INTERNAL_ONLY",
                "service_account_email": f"fn-account-eraser@{DOMAIN}",
                "max_instance_request_concurrency": 1,
                "environment_variables": {"THREADS": "1"},
                "max_instance_count": 10,
                "direct_vpc_egress": "VPC_EGRESS_ALL_TRAFFIC",
            }
        ],
    },
    "google_pubsub_subscription.eraser": {
        "name": "account_eraser",
        "dead_letter_policy": [{"max_delivery_attempts": 30}],
        "retry_policy": [{"minimum_backoff": "10s"}],
        "expiration_policy": FOREVER,
        "push_config": [{"oidc_token": [{"service_account_email": f"event-trigger@{DOMAIN}"}]}],
    },
    "google_pubsub_subscription.dead": {
        "name": "account_eraser-dead-letters",
        "message_retention_duration": "2678400s",
        "expiration_policy": FOREVER,
    },
    "google_sql_database_instance.main": {
        "deletion_protection": True,
        "settings": [
            {
                "deletion_protection_enabled": True,
                "availability_type": "REGIONAL",
                "ip_configuration": [{"ipv4_enabled": False, "ssl_mode": "ENCRYPTED_ONLY"}],
                "backup_configuration": [{"enabled": True, "point_in_time_recovery_enabled": True}],
                "database_flags": [{"name": "max_connections", "value": "60"}],
            }
        ],
    },
    "google_firestore_database.main": {
        "delete_protection_state": "DELETE_PROTECTION_ENABLED",
        "point_in_time_recovery_enablement": "POINT_IN_TIME_RECOVERY_ENABLED",
    },
    "google_storage_bucket.uploads": {
        "public_access_prevention": "enforced",
        "uniform_bucket_level_access": True,
        "force_destroy": False,
    },
    "google_cloud_run_v2_service_iam_member.gateway": {
        "role": "roles/run.invoker",
        "member": f"serviceAccount:api-gateway@{DOMAIN}",
    },
    "google_pubsub_topic_iam_member.agent": {
        "role": "roles/pubsub.publisher",
        "member": "serviceAccount:service-1@gcp-sa-pubsub.iam.gserviceaccount.com",
    },
    "google_service_account_iam_member.auth": {
        "role": "roles/iam.serviceAccountTokenCreator",
        "member": f"serviceAccount:svc-auth@{DOMAIN}",
        "service_account_id": f"projects/rostrum-test/serviceAccounts/svc-auth@{DOMAIN}",
    },
    "google_service_account_iam_member.pushes": {
        "role": "roles/iam.serviceAccountTokenCreator",
        "member": None,
        "service_account_id": f"projects/rostrum-test/serviceAccounts/event-trigger@{DOMAIN}",
    },
    "google_compute_subnetwork.serverless": {"ip_cidr_range": "10.8.0.0/26"},
    "google_compute_firewall.to_google": {
        "direction": "EGRESS",
        "allow": [{"protocol": "tcp", "ports": ["443"]}],
        "destination_ranges": ["199.36.153.8/30"],
    },
    "google_dns_record_set.apis": {"name": "*.googleapis.com.", "rrdatas": ["199.36.153.8"]},
    "google_dns_record_set.services": {"name": "*.run.app.", "rrdatas": ["199.36.153.11"]},
    "google_project_iam_member.documents": {
        "role": "roles/datastore.user",
        "member": f"serviceAccount:svc-auth@{DOMAIN}",
    },
    "google_project_iam_member.deployer": {
        "role": "roles/resourcemanager.projectIamAdmin",
        "member": f"serviceAccount:deployer@{DOMAIN}",
        "condition": [{"expression": "hasOnly(['roles/datastore.user', 'roles/viewer'])"}],
    },
}


def plan(resources: dict[str, Values]) -> list[Resource]:
    found = [
        {"address": address, "type": address.split(".")[0], "mode": "managed", "values": values}
        for address, values in resources.items()
    ]
    module = {"child_modules": [{"resources": found}]}
    return planned({"planned_values": {"root_module": module}})
