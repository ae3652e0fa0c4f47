-- The same promises as before, asked with fewer looks at the accounts: each account on the lines is found once.

-- ── Lines: each entry arrives whole and balanced; running balances follow ──
-- Joins here are by key, for one line or for a hundred thousand, so a plan made for one serves the other.
CREATE OR REPLACE FUNCTION ledger_lines_arrive() RETURNS trigger LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
DECLARE
    v_entry bigint; v_currency text; v_total numeric; v_odd boolean; v_running bigint; v_bad bigint;
    v_moved bigint;
BEGIN
    -- Nearly every entry is in one currency. What is not, or is odd in any way, is looked at again more closely.
    PERFORM 1
       FROM (SELECT entry_id, sum(amount) AS total, count(*) AS n, max(position) AS last, min(position) AS first,
                    min(currency COLLATE "C") AS currency, max(currency COLLATE "C") AS other,
                    bool_or(amount = 0 OR amount NOT BETWEEN -100000000000000000 AND 100000000000000000) AS odd
               FROM arrived GROUP BY entry_id) x
       -- By id alone: a transaction looks selective to the planner, and an import writes all its entries in one.
       LEFT JOIN ledger_entry e ON e.id = x.entry_id
      WHERE x.total <> 0 OR x.odd OR x.currency <> x.other OR x.n IS DISTINCT FROM e.line_count
         OR e.xid <> pg_current_xact_id() OR x.last <> x.n OR x.first <> 1
      LIMIT 1;
    IF FOUND THEN
        SELECT x.entry_id, min(x.currency) FILTER (WHERE x.total <> 0), min(x.total) FILTER (WHERE x.total <> 0), bool_or(x.odd)
          INTO v_entry, v_currency, v_total, v_odd
          FROM (SELECT entry_id, currency, sum(amount) AS total, count(*) AS n, max(position) AS last, min(position) AS first,
                       bool_or(amount = 0 OR amount NOT BETWEEN -100000000000000000 AND 100000000000000000) AS odd
                  FROM arrived GROUP BY entry_id, currency) x
          LEFT JOIN ledger_entry e ON e.id = x.entry_id
         GROUP BY x.entry_id, e.line_count, e.xid
        HAVING bool_or(x.total <> 0 OR x.odd) OR sum(x.n) IS DISTINCT FROM e.line_count OR e.xid <> pg_current_xact_id()
            OR max(x.last) <> sum(x.n) OR min(x.first) <> 1
         LIMIT 1;
        IF FOUND THEN
            IF v_odd THEN
                PERFORM ledger_refuse('LB016', format('entry %s has a line of nothing or out of range', v_entry), v_entry::text);
            ELSIF v_total IS NOT NULL THEN
                PERFORM ledger_refuse('LB001', format('entry %s does not balance: %s is off by %s minor units', v_entry, v_currency, v_total), v_entry::text);
            END IF;
            PERFORM ledger_refuse('LB009', format('entry %s is not whole: an entry and all its lines are written together, once', v_entry), v_entry::text);
        END IF;
    END IF;

    -- Lines without a balance: their accounts are there, open, internal, and in the lines' currency.
    -- Accounts are never deleted and their currency never changes, so this stays true.
    SELECT min(l.account_id) INTO v_bad
      FROM (SELECT account_id, currency FROM arrived WHERE balance_after IS NULL GROUP BY account_id, currency) l
      LEFT JOIN ledger_account a ON a.id = l.account_id
     WHERE a.id IS NULL OR a.currency <> l.currency OR a.status <> 'open' OR a.running;
    IF v_bad IS NOT NULL THEN
        PERFORM ledger_lines_refused(v_bad);
    END IF;

    -- Lines with a balance: their accounts are there, open, running, and in the lines' currency; numbers go on without a
    -- gap, each balance after follows from the one before, and none of them lies under the floor or eats into what is held.
    WITH t AS MATERIALIZED (
        SELECT account_id, max(number) AS last, sum(amount) AS total, min(balance_after) AS lowest,
               min(number - k) AS number_from, max(number - k) AS number_to,
               min(balance_after - so_far) AS balance_from, max(balance_after - so_far) AS balance_to,
               min(currency COLLATE "C") AS currency, max(currency COLLATE "C") AS other
          FROM (SELECT account_id, number, amount, balance_after, currency,
                       row_number() OVER w AS k, (sum(amount) OVER w)::bigint AS so_far
                  FROM arrived WHERE balance_after IS NOT NULL
                WINDOW w AS (PARTITION BY account_id ORDER BY number)) l
         GROUP BY account_id
    ), moved AS (
        UPDATE ledger_account a
           SET balance = a.balance + t.total::bigint, last_number = t.last
          FROM t
         WHERE a.id = t.account_id
           AND a.running AND a.status = 'open' AND a.currency = t.currency AND t.currency = t.other
           AND a.last_number = t.number_from AND t.number_from = t.number_to
           AND a.balance = t.balance_from AND t.balance_from = t.balance_to
           AND (a.floor IS NULL OR t.lowest - a.held >= a.floor)
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM t), (SELECT count(*) FROM moved) INTO v_running, v_moved;
    IF v_moved <> v_running THEN
        -- An account that was not moved: unknown, of another nature, or its last number is not the last of its lines.
        SELECT min(l.account_id) INTO v_bad
          FROM (SELECT account_id, max(number) AS last, min(currency COLLATE "C") AS currency, max(currency COLLATE "C") AS other
                  FROM arrived WHERE balance_after IS NOT NULL GROUP BY account_id) l
          LEFT JOIN ledger_account a ON a.id = l.account_id
         WHERE a.id IS NULL OR NOT a.running OR a.status <> 'open' OR a.currency <> l.currency OR l.currency <> l.other;
        IF v_bad IS NULL THEN
            SELECT min(l.account_id) INTO v_bad
              FROM (SELECT account_id, max(number) AS last FROM arrived WHERE balance_after IS NOT NULL GROUP BY account_id) l
              JOIN ledger_account a ON a.id = l.account_id WHERE a.last_number <> l.last;
        END IF;
        PERFORM ledger_lines_refused(v_bad);
    END IF;
    RETURN NULL;
END $$;

-- ── Booking many entries in one call ────────────────────────────────────────
-- Entry i has key p_keys[i] and so on; line j belongs to entry p_entries[j]. All or nothing. Entries are booked in the
-- order given, an entry's lines in the order given; a key met before, in the books or in this call, is a repeat.
CREATE OR REPLACE FUNCTION ledger_post_many(
    p_keys text[], p_kinds text[], p_channels text[], p_business_dates date[],
    p_entries int[], p_accounts bigint[], p_amounts bigint[], p_narratives text[] DEFAULT NULL, p_currencies text[] DEFAULT NULL)
RETURNS TABLE (ordinal int, entry_id bigint, repeated boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    v_lines int := cardinality(p_accounts);
    v_texts text[] := coalesce(p_narratives, array_fill(''::text, ARRAY[cardinality(p_accounts)]));
    v_ids bigint[]; v_prints bytea[]; v_counts int[]; v_bad text; v_new bigint[]; v_touched bigint[];
BEGIN
    IF cardinality(p_amounts) <> v_lines OR cardinality(p_entries) <> v_lines OR cardinality(v_texts) <> v_lines
       OR (p_currencies IS NOT NULL AND cardinality(p_currencies) <> v_lines)
       OR cardinality(p_kinds) <> cardinality(p_keys) OR cardinality(p_channels) <> cardinality(p_keys)
       OR cardinality(p_business_dates) <> cardinality(p_keys) THEN
        PERFORM ledger_refuse('LB016', 'the columns of the entries or of the lines differ in number', '');
    END IF;
    IF EXISTS (SELECT 1 FROM unnest(p_entries) AS l (entry) WHERE l.entry BETWEEN 1 AND cardinality(p_keys) IS NOT TRUE) THEN
        PERFORM ledger_refuse('LB016', 'a line belongs to none of the entries', '');
    END IF;
    IF cardinality(p_keys) = 0 THEN
        RETURN;
    END IF;

    v_touched := ARRAY(SELECT DISTINCT u.id FROM unnest(p_accounts) AS u (id));
    PERFORM 1 FROM ledger_account a WHERE a.id = ANY (v_touched) AND a.running ORDER BY a.id FOR NO KEY UPDATE;

    -- One fingerprint, one id and the number of lines for each entry, in the order given.
    SELECT array_agg(nextval('public.ledger_entry_id_seq') ORDER BY x.ord), array_agg(x.print ORDER BY x.ord),
           array_agg(x.n ORDER BY x.ord)
      INTO v_ids, v_prints, v_counts
      FROM (SELECT k.ord, coalesce(g.n, 0) AS n,
                   ledger_fingerprint(k.kind, k.channel, NULL, NULL, g.accounts, g.amounts, g.texts) AS print
              FROM unnest(p_keys, p_kinds, p_channels) WITH ORDINALITY AS k (key, kind, channel, ord)
              LEFT JOIN (SELECT l.entry, count(*)::int AS n, array_agg(l.account ORDER BY l.pos) AS accounts,
                                array_agg(l.amount ORDER BY l.pos) AS amounts, array_agg(l.narrative ORDER BY l.pos) AS texts
                           FROM unnest(p_entries, p_accounts, p_amounts, v_texts) WITH ORDINALITY AS l (entry, account, amount, narrative, pos)
                          GROUP BY l.entry) g ON g.entry = k.ord
             ORDER BY k.ord) x;

    WITH e AS (
        INSERT INTO ledger_entry (id, key, fingerprint, kind, channel, business_date, line_count)
        SELECT k.id, k.key, k.print, k.kind, k.channel, k.business_date, k.n
          FROM unnest(v_ids, p_keys, v_prints, p_kinds, p_channels, p_business_dates, v_counts) WITH ORDINALITY
               AS k (id, key, print, kind, channel, business_date, n, ord)
         ORDER BY k.ord
        ON CONFLICT (key) DO NOTHING RETURNING id
    ), l AS (
        INSERT INTO ledger_line (account_id, number, entry_id, position, amount, currency, balance_after, narrative)
        SELECT x.account_id, CASE WHEN x.running THEN x.number ELSE nextval('public.ledger_internal_number') END,
               x.id, x.position, x.amount, x.currency, x.balance_after, x.narrative
          FROM (SELECT u.account_id, a.running, e.id,
                       a.last_number + row_number() OVER w AS number, u.position, u.amount,
                       CASE WHEN a.id IS NULL THEN ledger_refuse('LB006', format('there is no account %s', u.account_id), u.account_id::text)
                            WHEN coalesce(u.currency, '') IN ('', a.currency) THEN a.currency
                            ELSE ledger_refuse('LB003', format('account %s is kept in %s', u.account_id, a.currency), u.account_id::text) END AS currency,
                       CASE WHEN a.running THEN a.balance + sum(u.amount) OVER w END AS balance_after,
                       u.narrative, u.entry
                  FROM (SELECT r.*, row_number() OVER (PARTITION BY r.entry ORDER BY r.ord) AS position
                          FROM unnest(p_entries, p_accounts, p_amounts, v_texts, p_currencies) WITH ORDINALITY
                               AS r (entry, account_id, amount, narrative, currency, ord)) u
                  JOIN e ON e.id = v_ids[u.entry]
                  LEFT JOIN ledger_account a ON a.id = u.account_id
                WINDOW w AS (PARTITION BY u.account_id ORDER BY u.entry, u.position)) x
         ORDER BY x.entry, x.position
    )
    SELECT array_agg(e.id) INTO v_new FROM e;

    IF cardinality(v_new) = cardinality(p_keys) THEN
        RETURN QUERY SELECT o::int, v_ids[o], false FROM generate_subscripts(v_ids, 1) AS o ORDER BY o;
        RETURN;
    END IF;

    SELECT min(k.key) INTO v_bad
      FROM unnest(p_keys, v_prints) AS k (key, print) JOIN ledger_entry e ON e.key = k.key
     WHERE e.fingerprint <> k.print;
    IF v_bad IS NOT NULL THEN
        PERFORM ledger_refuse('LB004', format('the key %s was used for another booking', v_bad), v_bad);
    END IF;
    RETURN QUERY SELECT k.ord::int, e.id, e.id <> v_ids[k.ord]
                   FROM unnest(p_keys) WITH ORDINALITY AS k (key, ord) JOIN ledger_entry e ON e.key = k.key
                  ORDER BY k.ord;
END $$;
