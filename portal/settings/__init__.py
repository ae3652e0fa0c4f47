"""The portal's settings: one base file, read from the environment in one place.

`portal.settings` is what runs; `portal.settings.test` differs from it by a dozen lines.
"""

from portal.settings.base import *  # noqa: F403
