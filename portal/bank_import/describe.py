"""The tables of docs/migration.md, made from what the rooms declare; tests/migration keeps the two together."""

from core.intake.columns import FileSpec
from portal.bank_import import LOADERS


def table(spec: FileSpec) -> str:
    """This function will write the documentation of one file as Markdown."""
    needed = "required" if spec.required else "may be absent"
    lines = [f"### {spec.file_name} ({needed})", "", spec.meaning]
    if spec.sorted_by:
        lines[-1] += f" Sorted by `{spec.sorted_by}`."
    lines += ["", "| column | what it holds | required | meaning |", "| --- | --- | --- | --- |"]
    lines += [
        f"| `{column.name}` | {column.kind.name} | {'yes' if column.required else 'no'} | {column.meaning} |"
        for column in spec.columns
    ]
    return "\n".join(lines) + "\n"


def tables() -> str:
    """This function will write the documentation of every file, in the order in which they are taken in."""
    return "\n".join(table(loader.spec) for loader in LOADERS)
