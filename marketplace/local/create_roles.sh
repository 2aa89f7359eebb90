#!/bin/sh
# Run once by the PostgreSQL image, in a new volume: the two roles and the owner's database.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  --set owner_password="$(cat "${SECRETS:-/secrets}/database_owner")" \
  --set app_password="$(cat "${SECRETS:-/secrets}/database_app")" <<'SQL'
CREATE ROLE spichlerz_owner LOGIN CREATEDB PASSWORD :'owner_password';
CREATE ROLE spichlerz LOGIN PASSWORD :'app_password';
CREATE DATABASE spichlerz OWNER spichlerz_owner;
SQL
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname spichlerz --file "${GRANTS:-/grants.sql}"
