"""The table of figures as a page of the documentation. Pure."""

from collections.abc import Sequence

from core.policy.file import Row

_HEAD = """# Policy figures

Every limit, time and age that the law or the bank sets. This page is written by `manage.py document_policy` from
`portal/policy/figures.csv`; do not edit it by hand. `manage.py load_policy` brings new lines of the file into the table
the portal reads. A figure is never edited: a change is a new line with a later date, which takes over on that day.
"(J)" marks the bank's own judgement.
"""


def page(rows: Sequence[Row]) -> str:
    """This function will write the page for the rows of a file, by the first word of their keys."""
    parts = [_HEAD]
    for group in sorted({row.key.split(".")[0] for row in rows}):
        parts.append(
            f"\n## {group}\n\n| key | counts from | figure | meaning | 含义 | source |\n"
            "| --- | --- | --- | --- | --- | --- |\n"
        )
        chosen = sorted(
            (row for row in rows if row.key.split(".")[0] == group), key=lambda row: (row.key, row.effective_from)
        )
        parts.extend(
            "| "
            + " | ".join(
                text.replace("|", "\\|")
                for text in (
                    f"`{row.key}`",
                    row.effective_from.isoformat(),
                    f"{row.value} {row.unit}".strip(),
                    row.meaning_en,
                    row.meaning_zh,
                    row.source,
                )
            )
            + " |\n"
            for row in chosen
        )
    return "".join(parts)
