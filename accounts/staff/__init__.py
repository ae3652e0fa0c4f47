"""Who works here: invitation, roles, absence, departure, and the review of who may do what.

- A colleague is invited by one person; the account exists from then on, closed and without a role. It opens with the
  link from the mail, once, within `staff.invitation_hours`, and every page but those that set up a second factor
  stays shut until one is set up.
- Roles are given and taken by two people (core.changes, kind `staff.role`); incompatible duties (duties.py) are refused
  when asked for and again when carried out, and the night looks for them in the whole house.
- Somebody who leaves is shut out at once by one person: taking away needs no second pair of eyes.
- Four times a year a manager reads who holds which role since when and when it was last used, and confirms the list.
"""
