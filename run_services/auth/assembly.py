"""The use cases of the auth service, put together from its ports."""

from dataclasses import dataclass
from datetime import timedelta

from run_services.auth.accounts import routes as account_routes
from run_services.auth.accounts.address_changes import AddressChanges
from run_services.auth.accounts.links import Links
from run_services.auth.accounts.mailer import Mailer
from run_services.auth.accounts.password_changes import PasswordChanges
from run_services.auth.accounts.profiles import Profiles
from run_services.auth.accounts.registration import Registration
from run_services.auth.administration import routes as administration_routes
from run_services.auth.administration.usecases import Administration
from run_services.auth.background import Background
from run_services.auth.data_rights import routes as data_rights_routes
from run_services.auth.data_rights.assembly import data_rights
from run_services.auth.firebase import routes as firebase_routes
from run_services.auth.firebase.usecases import Firebase
from run_services.auth.keys import routes as key_routes
from run_services.auth.limits import Allowance, Limits
from run_services.auth.passwords import Passwords
from run_services.auth.second_factor import routes as second_factor_routes
from run_services.auth.second_factor.totp import TotpKey
from run_services.auth.second_factor.usecases import SecondFactor
from run_services.auth.sessions import routes as session_routes
from run_services.auth.sessions.login import Login
from run_services.auth.sessions.usecases import SessionPolicy, Sessions
from run_services.auth.settings import Settings
from shared import wiring
from shared.ports.clock import Clock
from shared.ports.database import Database
from shared.ports.identity import TokenIssuer
from shared.ports.mail import Mail
from shared.ports.social_identity import SocialIdentities
from shared.runtime import readiness, web


@dataclass(frozen=True, slots=True)
class Ports:
    database: Database
    clock: Clock
    tokens: TokenIssuer
    mail: Mail
    passwords: Passwords
    background: Background
    post: Background
    social: SocialIdentities | None = None


def ports(settings: Settings) -> Ports:
    return Ports(
        wiring.sql_database(settings),
        wiring.clock(),
        wiring.token_issuer(settings),
        wiring.mail(settings),
        Passwords(),
        Background(),
        Background(),
        wiring.social_identity(settings),
    )


def app(settings: Settings, ports: Ports) -> web.App:
    limits = _limits(settings, ports)
    sessions = _sessions(settings, ports, limits)
    second_factor = SecondFactor(
        ports.database, ports.clock, limits, TotpKey(settings.totp_key.get_secret_value())
    )
    administration = Administration(ports.database, ports.clock, sessions)
    firebase = Firebase(ports.database, ports.clock, sessions, limits, ports.social)
    rights = data_rights(settings, ports.database, ports.clock)
    hops = settings.forwarded_hops
    return web.app(
        "auth",
        wiring.token_verifier(settings),
        wiring.service_verifier(settings, "auth"),
        session_routes.blueprint(_login(ports, sessions, second_factor, limits), sessions, hops),
        account_routes.blueprint(_accounts(settings, ports, sessions, limits), hops),
        second_factor_routes.blueprint(second_factor),
        administration_routes.blueprint(administration),
        firebase_routes.blueprint(firebase, hops),
        data_rights_routes.blueprint(rights),
        data_rights_routes.internal_blueprint(rights),
        key_routes.blueprint(wiring.public_keys(settings)),
        ready=_readiness(settings, ports),
        origins=settings.web_origins,
    )


def _readiness(settings: Settings, ports: Ports) -> readiness.Readiness:
    """Without the buckets: exports and erasures can wait for them, signing in should not."""
    return readiness.Readiness(
        {
            "tables": readiness.reads_tables(ports.database),
            "documents": readiness.reads_documents(wiring.documents(settings)),
        }
    )


def _limits(settings: Settings, ports: Ports) -> Limits:
    allowance = Allowance(
        requests_per_minute=settings.requests_per_minute,
        mails_per_hour=settings.mails_per_hour,
        login_failures=settings.login_failures,
        address_failures=settings.address_failures,
    )
    return Limits(ports.database, ports.clock, allowance)


def _sessions(settings: Settings, ports: Ports, limits: Limits) -> Sessions:
    policy = SessionPolicy(
        refresh_secret=settings.refresh_secret.get_secret_value(),
        audience=settings.token_audience,
        longest=timedelta(days=settings.session_days),
    )
    return Sessions(ports.database, ports.clock, ports.tokens, limits, policy)


def _login(ports: Ports, sessions: Sessions, second_factor: SecondFactor, limits: Limits) -> Login:
    return Login(
        ports.database,
        ports.clock,
        sessions,
        ports.passwords,
        second_factor,
        limits,
        ports.background,
    )


def _accounts(
    settings: Settings, ports: Ports, sessions: Sessions, limits: Limits
) -> account_routes.Accounts:
    database, clock, passwords = ports.database, ports.clock, ports.passwords
    mailer = Mailer(ports.mail, clock, ports.background, ports.post, settings.public_url)
    links = Links(clock)
    choices = wiring.recording_choices(settings)
    profiles = Profiles(database, clock, passwords, limits, choices)
    return account_routes.Accounts(
        registration=Registration(database, clock, passwords, links, mailer, limits),
        passwords=PasswordChanges(
            database, clock, passwords, profiles, links, mailer, sessions, limits
        ),
        addresses=AddressChanges(database, profiles, links, mailer, limits),
        profiles=profiles,
    )
