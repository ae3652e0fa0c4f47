"""How the portal writes its log: one line per event, for people (plain) or for machines (json).

Every line carries the reference of the request it belongs to, or the name and id of the task. Values of personal data
are never logged, and tracebacks never carry the values of local variables.
"""

import logging.config
from typing import Any

import structlog

FORMATS = ("plain", "json")

# Runs over structlog's events and over those of the standard library alike.
_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


class UnknownLogFormat(ValueError):
    """PORTAL_LOG_FORMAT is neither plain nor json."""


def configuration(*, format: str, level: str, access: bool = False) -> dict[str, Any]:
    """This function will answer the LOGGING setting and put structlog on the same road; raises UnknownLogFormat."""
    if format not in FORMATS:
        raise UnknownLogFormat(f"PORTAL_LOG_FORMAT is {format!r}; it knows {' and '.join(FORMATS)}")
    access_level = "INFO" if access else "WARNING"  # gunicorn writes a line for each request at INFO
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [*_SHARED, structlog.stdlib.ExtraAdder()],
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    _without_objects,
                    _on_one_line,
                    *_renderers(format),
                ],
            }
        },
        "handlers": {"stream": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stream"], "level": level},
        "loggers": {
            "django": {"level": "INFO", "propagate": True, "handlers": []},
            "django.request": {"level": "WARNING"},  # each page that shows a reference has its line
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            # Celery says each task three times at INFO, and the sweep runs every two seconds: say what went wrong.
            "celery": {"level": "WARNING"},
            "celery.apps.worker": {"level": "INFO"},
            "gunicorn.error": {"level": "WARNING", "propagate": True, "handlers": []},
            "gunicorn.http": {"level": "ERROR"},  # it remarks on each HEAD request, whose body it drops as it should
            "gunicorn.access": {"level": access_level, "propagate": True, "handlers": []},
        },
    }


def _without_objects(logger: Any, name: str, event: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001
    """Django hangs the request itself onto its records; its reference is there already."""
    for key in ("request", "server_time"):
        event.pop(key, None)
    return event


def _on_one_line(logger: Any, name: str, event: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001
    """What somebody typed makes no second line and moves no terminal: what cannot be seen is written out."""
    return {key: value if key in _TRACES else _seen(value) for key, value in event.items()}


_TRACES = frozenset({"exc_info", "exception", "stack_info", "stack"})  # lines of their own, on purpose


def _seen(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.isprintable() else "".join(map(_written_out, value))
    if isinstance(value, dict):
        return {_seen(key): _seen(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_seen(one) for one in value]
    return value


def _written_out(char: str) -> str:
    return char if char.isprintable() else char.encode("unicode_escape").decode()


def _renderers(format: str) -> list[Any]:
    if format == "json":
        return [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ]
    return [
        structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0, exception_formatter=structlog.dev.plain_traceback)
    ]


def configure_celery(**kwargs: Any) -> None:  # noqa: ARG001
    """This function will give Celery the portal's own log instead of its own."""
    from django.conf import settings  # reason: the settings themselves import this module

    logging.config.dictConfig(settings.LOGGING)


def bind_task(task_id: str, task: Any, **kwargs: Any) -> None:  # noqa: ARG001
    """This function will put a task's name and id on every line it writes."""
    structlog.contextvars.bind_contextvars(task=task.name, task_id=task_id)


def unbind_task(**kwargs: Any) -> None:  # noqa: ARG001
    """This function will take them off again."""
    structlog.contextvars.unbind_contextvars("task", "task_id")
