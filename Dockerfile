# syntax=docker/dockerfile:1
# docker build -t almagest . && docker run -p 8080:8080 -v almagest:/data almagest

FROM python:3.13-slim AS build
WORKDIR /source
RUN python -m venv /opt/almagest
COPY requirements.txt .
RUN /opt/almagest/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.txt
COPY pyproject.toml setup.cfg README.md LICENSE ./
COPY vocab vocab
COPY catalogue catalogue
COPY mappings mappings
COPY harvesters harvesters
COPY web web
RUN /opt/almagest/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
    && /opt/almagest/bin/pip uninstall --yes setuptools pip

FROM python:3.13-slim
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Almagest" \
      org.opencontainers.image.description="A metadata catalogue for fundamental physics" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
RUN useradd --system --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin almagest \
    && install --directory --owner almagest --group almagest /data
COPY --from=build /opt/almagest /opt/almagest
ENV PATH=/opt/almagest/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ALMAGEST_HOME=/data
USER almagest
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.build_opener(u.ProxyHandler({})).open('http://127.0.0.1:8080/health/live', timeout=4)"]
ENTRYPOINT ["almagest"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8080"]
