# One image for web, worker, beat, migrate and the tools; docker-compose.yml says which is which.
FROM python:3.13-slim-bookworm AS packages
COPY requirements/local.txt /tmp/requirements.txt
# local.txt is the production list plus PostgreSQL's own programs, which `backup` and `restore` use.
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --require-hashes --requirement /tmp/requirements.txt

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 --create-home spichlerz \
 && install --directory --owner spichlerz --group spichlerz /data/media /data/state /data/backups /secrets
COPY --from=packages /opt/venv /opt/venv
# Media in a folder of their volume: `restore` swaps it by renaming, which a mount point does not allow.
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    MEDIA_ROOT=/data/media/files BACKUPS=/data/backups BIND=0.0.0.0
WORKDIR /app
COPY . .
RUN SECRET_KEY=build python manage.py collectstatic --noinput --verbosity 0
USER spichlerz
VOLUME ["/data/media", "/data/state", "/data/backups", "/secrets"]
EXPOSE 8000
ENTRYPOINT ["python", "-m", "marketplace.local.container"]
CMD ["web"]
