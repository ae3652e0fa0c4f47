"""What of a forgotten person stands in tables that are only added to: emptied by the owner's functions alone.

Both look themselves whether the person is due. For the moment of their transaction they take the guards off the tables
(nobody else can write there meanwhile) and put them back; they wait for no lock longer than half a second.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION mydata_may_forget(p_customer bigint, p_today date) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM mydata_closing c JOIN accounts_customer p ON p.id = c.customer_id
                    WHERE c.customer_id = p_customer AND c.state = 'done' AND c.keep_until < p_today
                      AND p.standing = 'closed')
        OR EXISTS (SELECT 1 FROM accounts_customer p
                    WHERE p.id = p_customer AND p.standing = 'new'
                      AND NOT EXISTS (SELECT 1 FROM accounts_disposition d WHERE d.customer_id = p.id)
                      AND NOT EXISTS (SELECT 1 FROM identity_verification v
                                       WHERE v.customer_id = p.id AND v.state <> 'draft'))
$$;

CREATE FUNCTION mydata_forget(p_customer bigint, p_today date) RETURNS TABLE (what text, number bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '500ms' AS $$
DECLARE v_cases bigint[];
BEGIN
    IF NOT mydata_may_forget(p_customer, p_today) THEN
        RAISE EXCEPTION 'the data of customer % is still kept', p_customer USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT coalesce(array_agg(c.id), '{}') INTO v_cases FROM reviews_case c
     WHERE c.subject_id IN (SELECT public_id::text FROM identity_verification WHERE customer_id = p_customer
                            UNION ALL SELECT public_id::text FROM mydata_correction WHERE customer_id = p_customer)
        OR c.opened_by_id IN (SELECT u.id FROM accounts_user u JOIN accounts_customer p ON p.user_id = u.id
                               WHERE p.id = p_customer AND NOT u.is_staff);

    ALTER TABLE mydata_consent DISABLE TRIGGER USER;
    DELETE FROM mydata_consent WHERE customer_id = p_customer;
    GET DIAGNOSTICS number = ROW_COUNT; what := 'mydata.Consent'; RETURN NEXT;
    ALTER TABLE mydata_consent ENABLE TRIGGER USER;

    ALTER TABLE mydata_disclosure DISABLE TRIGGER USER;
    DELETE FROM mydata_disclosure WHERE customer_id = p_customer;
    GET DIAGNOSTICS number = ROW_COUNT; what := 'mydata.Disclosure'; RETURN NEXT;
    ALTER TABLE mydata_disclosure ENABLE TRIGGER USER;

    IF cardinality(v_cases) = 0 THEN
        RETURN;
    END IF;
    ALTER TABLE reviews_case DISABLE TRIGGER USER;
    UPDATE reviews_case SET title = '' WHERE id = ANY (v_cases) AND closed_at IS NOT NULL;
    GET DIAGNOSTICS number = ROW_COUNT; what := 'reviews.Case'; RETURN NEXT;
    ALTER TABLE reviews_case ENABLE TRIGGER USER;

    ALTER TABLE reviews_check DISABLE TRIGGER USER;
    UPDATE reviews_check SET evidence = '{}', sentences = '{}' WHERE case_id = ANY (v_cases);
    GET DIAGNOSTICS number = ROW_COUNT; what := 'reviews.Check'; RETURN NEXT;
    ALTER TABLE reviews_check ENABLE TRIGGER USER;

    ALTER TABLE reviews_decision DISABLE TRIGGER USER;
    UPDATE reviews_decision SET note = CASE WHEN verdict = 'decline' THEN '-' ELSE '' END
     WHERE case_id = ANY (v_cases) AND note NOT IN ('', '-');
    GET DIAGNOSTICS number = ROW_COUNT; what := 'reviews.Decision'; RETURN NEXT;
    ALTER TABLE reviews_decision ENABLE TRIGGER USER;

    ALTER TABLE reviews_event DISABLE TRIGGER USER;
    UPDATE reviews_event SET note = '' WHERE case_id = ANY (v_cases) AND note <> '';
    GET DIAGNOSTICS number = ROW_COUNT; what := 'reviews.Event'; RETURN NEXT;
    ALTER TABLE reviews_event ENABLE TRIGGER USER;

    ALTER TABLE reviews_answer DISABLE TRIGGER USER;
    UPDATE reviews_answer a SET sealed = '' FROM reviews_question q
     WHERE q.id = a.question_id AND q.case_id = ANY (v_cases) AND a.sealed <> '';
    GET DIAGNOSTICS number = ROW_COUNT; what := 'reviews.Answer'; RETURN NEXT;
    ALTER TABLE reviews_answer ENABLE TRIGGER USER;
END $$;

-- Names in what payments were for: on the person's own closed accounts every narrative, on the other side those with a
-- name of theirs. Amounts, accounts and dates stay; an entry's fingerprint is made anew from what it says now.
CREATE FUNCTION mydata_forget_narratives(p_customer bigint, p_today date, p_names text[], p_most integer)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '500ms' AS $$
DECLARE v_accounts bigint[]; v_lines bigint[]; v_numbers bigint[]; v_entries bigint[];
BEGIN
    IF NOT mydata_may_forget(p_customer, p_today) THEN
        RAISE EXCEPTION 'the data of customer % is still kept', p_customer USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT coalesce(array_agg(a.id), '{}') INTO v_accounts
      FROM accounts_disposition d JOIN accounts_bankaccount b ON b.id = d.bank_account_id
      JOIN ledger_account a ON a.id = b.ledger_account_id
     WHERE d.customer_id = p_customer AND d.role = 'owner' AND a.status = 'closed';
    SELECT array_agg(found.account_id), array_agg(found.number), array_agg(DISTINCT found.entry_id)
      INTO v_lines, v_numbers, v_entries
      FROM (SELECT l.account_id, l.number, l.entry_id
              FROM ledger_line own JOIN ledger_line l ON l.entry_id = own.entry_id
             WHERE own.account_id = ANY (v_accounts) AND l.narrative <> ''
               AND (l.account_id = ANY (v_accounts)
                    OR EXISTS (SELECT 1 FROM unnest(p_names) AS name WHERE name <> '' AND strpos(l.narrative, name) > 0))
             GROUP BY l.account_id, l.number, l.entry_id
             LIMIT p_most) found;
    IF v_lines IS NULL THEN
        RETURN 0;
    END IF;
    ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_kept;
    ALTER TABLE ledger_line DISABLE TRIGGER ledger_line_kept;
    UPDATE ledger_line l SET narrative = '' FROM unnest(v_lines, v_numbers) AS gone (account_id, number)
     WHERE l.account_id = gone.account_id AND l.number = gone.number;
    UPDATE ledger_entry e
       SET fingerprint = ledger_fingerprint(e.kind, e.channel, e.reverses_id,
                                            (SELECT h.id FROM ledger_hold h WHERE h.entry_id = e.id),
                                            said.accounts, said.amounts, said.texts)
      FROM (SELECT entry_id, array_agg(account_id ORDER BY position) AS accounts,
                   array_agg(amount ORDER BY position) AS amounts,
                   array_agg(narrative::text ORDER BY position) AS texts
              FROM ledger_line WHERE entry_id = ANY (v_entries) GROUP BY entry_id) said
     WHERE e.id = said.entry_id;
    ALTER TABLE ledger_line ENABLE TRIGGER ledger_line_kept;
    ALTER TABLE ledger_entry ENABLE TRIGGER ledger_entry_kept;
    RETURN cardinality(v_lines);
END $$;

CREATE TRIGGER mydata_forgotten_append_only BEFORE UPDATE OR DELETE ON mydata_forgotten
    FOR EACH STATEMENT EXECUTE FUNCTION mydata_refuse_change();
CREATE TRIGGER mydata_look_append_only BEFORE UPDATE OR DELETE ON mydata_look
    FOR EACH STATEMENT EXECUTE FUNCTION mydata_refuse_change();
"""

BACKWARD = """
DROP TRIGGER mydata_look_append_only ON mydata_look;
DROP TRIGGER mydata_forgotten_append_only ON mydata_forgotten;
DROP FUNCTION mydata_forget_narratives(bigint, date, text[], integer);
DROP FUNCTION mydata_forget(bigint, date);
DROP FUNCTION mydata_may_forget(bigint, date);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("mydata", "0003_records_of_keeping"),
        ("identity", "0001_initial"),
        ("reviews", "0005_no_way_around"),
        ("ledger", "0004_faster"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
