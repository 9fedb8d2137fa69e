# One image for every service and for the migration jobs. The arguments say which service it is,
# first to its logs:
#   args: --name=practice, run_services.practice.main:create_app()
# and a job takes another command:
#   command: python, -m, run_services.auth.migrate

# `make image` pulls the tag and passes its digest of that day. None is written here: the tag moves
# with every security fix of Debian and Python, and the record of what was built is its provenance.
# checkov:skip=CKV_DOCKER_7: the base is a variable, whose value has a version and in releases a digest
ARG PYTHON_IMAGE=python:3.12-slim

FROM ${PYTHON_IMAGE} AS build
COPY run_services/requirements.txt /build/requirements.txt
# Wheels only: nothing is compiled here, and no package runs code of its own while it is installed.
RUN python -m venv --without-pip /opt/venv \
    && python -m pip --python /opt/venv/bin/python install --no-cache-dir --no-compile \
        --only-binary=:all: --require-hashes --requirement /build/requirements.txt
COPY shared /app/shared
COPY run_services /app/run_services
# A cold start would compile every module again. Unchecked: the files never change below their
# bytecode, and a time stamp would make two images of the same files differ.
RUN /opt/venv/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash \
        /opt/venv/lib /app

FROM ${PYTHON_IMAGE}
ENV PATH=/opt/venv/bin:$PATH \
    PORT=8080 \
    PYDANTIC_DISABLE_PLUGINS=__all__ \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONPATH=/app \
    PYTHONUNBUFFERED=1
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
# By number, so that a platform that asks for a user other than root can see it is one. All files
# are root's: the process cannot change what it runs.
USER 10001:10001
EXPOSE 8080
# gunicorn is process 1 and binds to $PORT. At SIGTERM it takes no more requests and ends those in
# flight; Cloud Run kills what is left after 10 seconds:
# https://cloud.google.com/run/docs/container-contract#instance-shutdown
# There is no HEALTHCHECK, for Cloud Run does not run it; its probes ask the service itself.
# checkov:skip=CKV_DOCKER_2: Cloud Run's startup and liveness probes are its health checks
ENTRYPOINT ["gunicorn", "--workers=1", "--threads=8", "--timeout=0", "--graceful-timeout=9", \
    "--no-control-socket", "--limit-request-line=0", "--limit-request-field_size=65536", \
    "--logger-class=shared.runtime.server_logs.JsonLogger"]
