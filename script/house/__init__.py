"""What script/server, script/manage and script/test share: the standard library alone, Python 3.11 or newer.

Nothing here imports Django. The set-up must be able to speak before anything is installed.
"""
