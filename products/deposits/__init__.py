"""Demand deposits: interest by the sum of daily balances, settled each quarter, owed in the books every evening.

What counts is what stands on an account at the end of each business date, from the day it is opened to the day before
it is closed. On the settlement day (the 20th of a quarter's last month) the sum of those balances since the last one is
multiplied with the rate of that day and divided by the currency's day basis; the interest is credited the next day.
docs/interest.md has the rules, their sources and a worked figure.

    days.carry_out(bucket=, day=, now=)          the sums of some accounts up to a day; settles those whose period ends
    settling.pay_out(customer=, account=, now=)  the same before an account is closed, at the rate of the day
    books.accrue(currency=, day=, now=)          what the bank owes of it, brought into the books
    queries.so_far(account, now=)                what has grown on one account until yesterday
"""
