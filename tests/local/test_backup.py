"""A backup brings back the database and the pictures, and loses nothing that was there."""

import tarfile

import psycopg
import pytest
from django.db import connection

from marketplace.accounts.models import User
from marketplace.local import backup
from marketplace.local.paths import CannotStart


@pytest.fixture
def site(private_database, tmp_path):
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "ser.svg").write_text("<svg/>")
    User.objects.create_user("anna@example.com", name="Anna Żółć")
    connection.close()
    return backup.Site(private_database.owner_url, tmp_path / "media")


def test_restore_brings_back_rows_and_files_and_keeps_what_was_there(site, tmp_path):
    backup.save(site, tmp_path / "backups" / "one.tar")
    User.objects.create_user("later@example.com")
    connection.close()
    (site.media / "later.svg").write_text("<svg/>")

    kept = backup.load(tmp_path / "backups" / "one.tar", site)

    assert list(User.objects.values_list("email", "name")) == [("anna@example.com", "Anna Żółć")]
    assert [path.name for path in site.media.iterdir()] == ["ser.svg"]
    before = kept[0].removeprefix("database ")
    with psycopg.connect(site.beside(before)) as old:
        assert old.execute("SELECT count(*) FROM accounts_user").fetchone() == (2,)


def test_restored_database_still_binds_the_application_role(site, private_database, tmp_path):
    backup.save(site, tmp_path / "one.tar")
    backup.load(tmp_path / "one.tar", site)
    with psycopg.connect(private_database.url) as app:
        app.execute("UPDATE accounts_user SET name = 'Ewa'")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("DROP TABLE accounts_user")


def test_restore_refuses_a_file_that_is_no_backup(site, tmp_path):
    with tarfile.open(tmp_path / "other.tar", "w") as archive:
        archive.add(site.media, "media")
    with pytest.raises(CannotStart, match="no backup of Spichlerz"):
        backup.load(tmp_path / "other.tar", site)
    assert User.objects.count() == 1


def test_restore_while_somebody_works_changes_nothing(site, tmp_path):
    backup.save(site, tmp_path / "one.tar")
    with psycopg.connect(site.url), pytest.raises(CannotStart, match="still uses the database"):
        backup.load(tmp_path / "one.tar", site)
    assert User.objects.count() == 1
    assert (site.media / "ser.svg").exists()
