"""A clearing system to try against: it reads the bank's files and answers as a real one does, faults included.

It shares with the bank the folder, the two keys and the messages, and nothing else: no database, no clock of its own.
`manage.py run_gateway` runs it as a process; tests call `Simulator.tick` with a clock they move.
"""
