"""The controls that are taken away, one after the other; lengthened with each control."""

from controls import acts, browser_and_files, input_and_money, people_and_keeping
from controls.mutation import Mutation

__all__ = ["MUTATIONS", "Mutation"]
MUTATIONS = (
    *input_and_money.MUTATIONS,
    *browser_and_files.MUTATIONS,
    *people_and_keeping.MUTATIONS,
    *acts.MUTATIONS,
)
