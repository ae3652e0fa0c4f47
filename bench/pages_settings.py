"""The portal's own settings, with one address more: the bare view that the pages are compared with."""

from portal.settings.base import *  # noqa: F403

ROOT_URLCONF = "bench.pages_urls"
