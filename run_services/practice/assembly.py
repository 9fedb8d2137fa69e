"""The practice service put together from its ports."""

from run_services.practice import routes
from run_services.practice.courses import Courses
from run_services.practice.data_rights import routes as data_rights
from run_services.practice.data_rights.usecases import DataRights
from run_services.practice.recurring_phones import routes as recurring_phones
from run_services.practice.recurring_phones.usecases import Pronunciation
from run_services.practice.settings import Settings
from run_services.practice.usecases import Practice
from shared import wiring
from shared.repositories.rate_limits import CallerLimits
from shared.runtime import readiness, web


def app(settings: Settings) -> web.App:
    attempts, recordings = wiring.attempts(settings), wiring.recordings(settings)
    features = wiring.features(settings)
    keys = wiring.idempotency_keys(settings)
    course_service = wiring.service_client(
        settings,
        "course",
        settings.course_url,
        caller="practice",
        timeout_s=settings.course_timeout_s,
    )
    limits = CallerLimits(
        wiring.rate_limits(settings),
        "attempts",
        settings.attempts_per_user,
        settings.attempts_per_address,
    )
    practice = Practice(
        attempts, recordings, features, Courses(course_service), keys, wiring.clock()
    )
    return web.app(
        "practice",
        wiring.token_verifier(settings),
        wiring.service_verifier(settings, "practice"),
        routes.blueprint(practice, keys, limits, settings.forwarded_hops),
        recurring_phones.blueprint(Pronunciation(attempts)),
        data_rights.blueprint(DataRights(attempts, recordings, features, keys)),
        ready=readiness.Readiness(
            {
                "documents": readiness.reads_documents(wiring.documents(settings)),
                "recordings": readiness.reads_objects(recordings),
            }
        ),
        origins=settings.web_origins,
    )
