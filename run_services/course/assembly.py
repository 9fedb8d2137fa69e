"""The course service's use cases over their ports, behind their routes."""

from run_services.course.authoring import routes as authoring_routes
from run_services.course.authoring.usecases import Authoring
from run_services.course.catalogue import routes as catalogue_routes
from run_services.course.catalogue.usecases import Catalogue
from run_services.course.enrolments import routes as enrolments_routes
from run_services.course.enrolments.usecases import Enrolments
from run_services.course.internal import routes as internal_routes
from run_services.course.internal.personal_data import PersonalData
from run_services.course.media import routes as media_routes
from run_services.course.media.usecases import Media
from run_services.course.packages import routes as packages_routes
from run_services.course.packages.uploads import PackageUploads
from run_services.course.packages.usecases import Packages
from run_services.course.settings import Settings
from shared import wiring
from shared.repositories.rate_limits import CallerLimits
from shared.runtime import readiness, web


def app(settings: Settings) -> web.App:
    database, clock = wiring.sql_database(settings), wiring.clock()
    materials, keys = wiring.materials(settings), wiring.idempotency_keys(settings)
    media = Media(database, materials, clock)
    authoring = Authoring(database, media, clock)
    catalogue = Catalogue(database)
    enrolments = Enrolments(database, clock)
    packages = Packages(database, materials, media, clock)
    uploads = PackageUploads(database, materials, packages, clock)
    personal_data = PersonalData(database, materials, keys)
    limits = CallerLimits(
        wiring.rate_limits(settings),
        "uploads",
        settings.uploads_per_user,
        settings.uploads_per_address,
    )
    hops = settings.forwarded_hops
    return web.app(
        "course",
        wiring.token_verifier(settings),
        wiring.service_verifier(settings, "course"),
        catalogue_routes.blueprint(catalogue),
        authoring_routes.blueprint(authoring, keys),
        enrolments_routes.blueprint(enrolments),
        media_routes.blueprint(media, keys, limits, hops),
        packages_routes.blueprint(packages, uploads, keys, limits, hops),
        internal_routes.blueprint(catalogue, enrolments, personal_data),
        ready=readiness.Readiness(
            {
                "tables": readiness.reads_tables(database),
                "documents": readiness.reads_documents(wiring.documents(settings)),
                "materials": readiness.reads_objects(materials),
            }
        ),
        origins=settings.web_origins,
    )
