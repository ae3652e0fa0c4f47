"""Probes come by address, without TLS and without cookies, and are told states only."""

import pytest
from celery import Celery
from django.db import DatabaseError, connection
from django.test import Client

from portal import health


@pytest.fixture
def probe(settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["bank.example"]
    return Client(headers={"host": "10.0.0.7:8000"})


def test_being_alive_asks_nothing_outside_the_process(probe):
    answer = probe.get("/healthz")  # no database is allowed in this test
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert answer["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer


@pytest.mark.django_db
def test_ready_means_the_database_answers_with_the_tables_of_this_code(probe, monkeypatch):
    monkeypatch.setattr(health, "broker_answers", lambda: True)
    answer = probe.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"database": "ok", "tables": "ok", "broker": "ok"})


@pytest.mark.django_db
def test_without_the_broker_the_portal_still_takes_work(probe, monkeypatch):
    monkeypatch.setenv("CELERY_BROKER_URL", "redis://127.0.0.1:1/0")  # Celery looks there before its own settings
    monkeypatch.setattr(health, "current_app", Celery("lonely", set_as_current=False))
    answer = probe.get("/readyz")
    assert (answer.status_code, answer.json()["broker"]) == (200, "down")


def test_without_the_database_it_takes_none_and_gives_no_reason(probe, monkeypatch):
    class Away:
        def cursor(self):
            raise DatabaseError("password of portal_app is wrong\nsecret detail")

    monkeypatch.setattr(health, "connections", {"default": Away()})
    monkeypatch.setattr(health, "broker_answers", lambda: True)
    answer = probe.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"database": "down", "tables": "unknown", "broker": "ok"}


@pytest.mark.django_db
def test_tables_older_than_the_code_are_not_ready(monkeypatch):
    class Behind:
        def __init__(self, found):
            self.loader = self
            self.graph = self

        def leaf_nodes(self):
            return [("ledger", "9999_next")]

        def migration_plan(self, targets):
            return [(targets[0], False)]

    monkeypatch.setattr(health._Tables, "fit", False)
    monkeypatch.setattr(health, "MigrationExecutor", Behind)
    assert health.tables_fit() is False
    monkeypatch.undo()
    assert connection.vendor == "postgresql"


def test_every_other_address_meets_the_whole_of_the_guards(probe):
    assert probe.get("/healthz/").status_code == 400  # the host is not one of ours
