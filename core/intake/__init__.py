"""Loading files of rows: declared columns, COPY, refusals by line, restart after a kill. It knows no bank.

A room that takes in files declares one `Loader` for each file (loading.py): its `FileSpec` with every `Column`, the
rules that a row must keep (each one SQL condition and one sentence), and a function that takes a staged batch in. The
roof puts the rooms' loaders in order and hands them to `engine.take_in`.

What is promised:

- A batch's rows, its refusals and the mark "read up to here" are one transaction. A process killed at any moment is
  started again with the same files and goes on behind the last mark; no row is taken in twice or left out.
- A row that is refused is written down with file, line, column and a sentence; the rows around it are taken in.
- Memory is bounded by the batch, never by the file.
- A dry run does all of it, in one transaction that is rolled back at the end.
"""
