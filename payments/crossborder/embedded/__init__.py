"""Correspondent banks to try against: they read what is sent abroad and answer as real ones do, faults included.

As the embedded clearing system (payments.clearing.embedded) they share with the bank the folder, the two keys and the
messages, and nothing else. `manage.py run_correspondents` runs them as a process; tests call `Correspondents.tick`.
"""
