"""The portal's settings: one base file, read from the environment in one place.

`portal.settings.base` is what runs; `portal.settings.test` differs from it by a dozen lines. Nothing is imported here,
because the tests' settings give the environment its defaults before the base reads it.
"""
