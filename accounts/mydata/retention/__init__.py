"""Deleting personal data when its time is over (trust: PIPL art. 19 and 47, Anti-Money Laundering Law).

Two occasions, both found by `carrying.due`: a relationship has ended and `closing.keep_years` have passed, or somebody
registered and never came back for `keeping.signup_days`. What happens to each field stands in portal/retention.csv
(`table`). The books stay as they are: accounts and amounts, and on them an empty shell in place of the person.
"""
