#!/usr/bin/env python
"""Django's command line for the portal. `script/manage` runs it with the embedded services up."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.base")
    from django.core.management import execute_from_command_line  # reason: settings must be named first

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
