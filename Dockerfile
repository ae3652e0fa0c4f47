# The portal as an image: one for web, worker, beat and migrate. docs/operations.md says how it is run.
# Database and broker are services of their own, so their wheels (requirements.txt) are left out.
ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY requirements-production.txt /tmp/requirements-production.txt
RUN pip install --requirement /tmp/requirements-production.txt && pip check
WORKDIR /srv/portal
COPY . .
# Translations and static files are made here, once. The values below exist in this step alone and open nothing.
RUN python script/house/translations.py locale \
    && DJANGO_SECRET_KEY=only-for-this-step \
       DATABASE_URL=postgres://nobody@nowhere/none \
       PORTAL_STATIC_ROOT=/srv/portal/staticfiles \
       python manage.py collectstatic --no-input --verbosity 0 \
    && rm -rf script requirements-production.txt \
    && python -m compileall -q /srv/portal /opt/venv/lib

FROM python:${PYTHON}-slim
# Type for the rare Han characters of legal names, on paper. Its version changes with Debian's own security updates.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends fonts-noto-cjk fonts-hanazono \
    && rm -rf /var/lib/apt/lists/*
RUN groupadd --system --gid 10001 portal \
    && useradd --system --uid 10001 --gid portal --home-dir /var/lib/portal --create-home --shell /usr/sbin/nologin portal \
    && chmod 0700 /var/lib/portal
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/portal /srv/portal
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PORTAL_DATA_DIR=/var/lib/portal \
    PORTAL_STATIC_ROOT=/srv/portal/staticfiles \
    PORTAL_LOG_FORMAT=json
WORKDIR /srv/portal
USER 10001:10001
VOLUME /var/lib/portal
EXPOSE 8000
# /healthz is answered before hosts, TLS and sessions are looked at, so the probe needs to know none of them.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "--config", "python:portal.gunicorn_config", "--bind", "0.0.0.0:8000", "portal.wsgi"]
