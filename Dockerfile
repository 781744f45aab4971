# watcher as an image: slim Python, no root, nothing written but /data, /config and /tmp.

FROM python:3.11-slim-bookworm AS build
WORKDIR /build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
# First what changes rarely, so that a rebuild after a change of ours downloads nothing.
COPY requirements.lock requirements-build.lock ./
RUN python -m venv /opt/watcher \
    && /opt/watcher/bin/pip install --require-hashes --requirement requirements.lock
# The build tool; it stays in this stage.
RUN pip install --require-hashes --requirement requirements-build.lock
COPY pyproject.toml README.md LICENSE ./
COPY watcher ./watcher
RUN pip wheel --no-deps --no-build-isolation --wheel-dir dist . \
    && /opt/watcher/bin/pip install --no-deps dist/*.whl

FROM python:3.11-slim-bookworm
# A fixed number, so that the owner of ./config and of the volume is the same on every machine.
RUN groupadd --gid 10001 watcher \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin watcher \
    && install --directory --owner=10001 --group=10001 --mode=0750 /data /config
COPY --from=build /opt/watcher /opt/watcher
# The root is read-only at run time: Python must not try to write compiled files.
ENV PATH=/opt/watcher/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    WATCHER_RULES=/config/rules.toml \
    WATCHER_DB=/data/watcher.db
USER 10001:10001
WORKDIR /data
VOLUME ["/data"]
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=60s --timeout=20s --start-period=60s --retries=3 CMD ["watcher", "status"]
ENTRYPOINT ["watcher"]
CMD ["run"]
