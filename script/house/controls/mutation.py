"""What one removal is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutation:
    """One control that is taken away: a row of docs/security.md, a file, what stands there, what is put in its place
    (at the end of the file where nothing stood), and the test that must go red. Where two controls stand one behind the
    other, `also` takes the second out as well: file, what stands there, what is put in its place."""

    row: str
    file: str
    old: str
    new: str
    test: str
    also: tuple[tuple[str, str, str], ...] = ()

    @property
    def edits(self) -> tuple[tuple[str, str, str], ...]:
        return ((self.file, self.old, self.new), *self.also)

    def concerns(self, words: list[str]) -> bool:
        """This method will say whether the mutation is one of those that were asked for."""
        return not words or any(
            word == self.row or word in f"{self.file} {self.test}" or word == self.row.split()[-1] for word in words
        )
