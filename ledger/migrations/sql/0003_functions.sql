-- The doors of the books. The application may only read the tables; it writes through these functions, which run with
-- the rights of the tables' owner. What may stand in the books is decided by the guards (0002), not here.

-- ── Booking one entry ───────────────────────────────────────────────────────
-- The content of a booking, hashed. The business date is left out on purpose: a retry after midnight is the same order.
CREATE FUNCTION ledger_fingerprint(
    p_kind text, p_channel text, p_reverses bigint, p_hold bigint, p_accounts bigint[], p_amounts bigint[], p_narratives text[])
RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$  -- stable, so that it is inlined
    SELECT sha256(convert_to(ROW(p_kind, p_channel, p_reverses, p_hold, p_accounts, p_amounts, p_narratives)::text, 'UTF8'))
$$;

-- Books one entry: locks the running accounts in the order of their ids, then writes entry and lines in one statement.
-- A null narrative or currency array means "none given"; a given currency must be the account's. With a hold, the entry
-- captures it: takes at most what was held, and sets the rest free.
CREATE FUNCTION ledger_post(
    p_key text, p_kind text, p_channel text, p_business_date date,
    p_accounts bigint[], p_amounts bigint[], p_narratives text[] DEFAULT NULL, p_currencies text[] DEFAULT NULL,
    p_reverses bigint DEFAULT NULL, p_hold bigint DEFAULT NULL, OUT entry_id bigint, OUT repeated boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
DECLARE
    v_count int := cardinality(p_accounts);
    v_texts text[] := coalesce(p_narratives, array_fill(''::text, ARRAY[v_count]));
    v_fingerprint bytea := ledger_fingerprint(p_kind, p_channel, p_reverses, p_hold, p_accounts, p_amounts, v_texts);
    v_id bigint := nextval('public.ledger_entry_id_seq');
    v_first bytea;
BEGIN
    IF cardinality(p_amounts) <> v_count OR cardinality(v_texts) <> v_count
       OR (p_currencies IS NOT NULL AND cardinality(p_currencies) <> v_count) THEN
        PERFORM ledger_refuse('LB016', 'accounts, amounts, narratives and currencies differ in number', p_key);
    END IF;

    PERFORM 1 FROM ledger_account a WHERE a.id = ANY (p_accounts) AND a.running ORDER BY a.id FOR NO KEY UPDATE;
    IF p_hold IS NOT NULL THEN
        PERFORM ledger_hold_captured(p_hold, v_id, p_key, p_accounts, p_amounts);
    END IF;

    WITH e AS (
        INSERT INTO ledger_entry (id, key, fingerprint, kind, channel, business_date, reverses_id, line_count)
        VALUES (v_id, p_key, v_fingerprint, p_kind, p_channel, p_business_date, p_reverses, v_count)
        ON CONFLICT (key) DO NOTHING RETURNING id
    ), l AS (
        INSERT INTO ledger_line (account_id, number, entry_id, position, amount, currency, balance_after, narrative)
        SELECT u.account_id,
               CASE WHEN a.running THEN a.last_number + row_number() OVER w ELSE nextval('public.ledger_internal_number') END,
               e.id, u.position, u.amount,
               CASE WHEN a.id IS NULL THEN ledger_refuse('LB006', format('there is no account %s', u.account_id), u.account_id::text)
                    WHEN coalesce(p_currencies[u.position], '') IN ('', a.currency) THEN a.currency
                    ELSE ledger_refuse('LB003', format('account %s is kept in %s', u.account_id, a.currency), u.account_id::text) END,
               CASE WHEN a.running THEN a.balance + sum(u.amount) OVER w END,
               u.narrative
          FROM e CROSS JOIN unnest(p_accounts, p_amounts, v_texts) WITH ORDINALITY AS u (account_id, amount, narrative, position)
          LEFT JOIN ledger_account a ON a.id = u.account_id
        WINDOW w AS (PARTITION BY u.account_id ORDER BY u.position)
    )
    SELECT e.id, false INTO entry_id, repeated FROM e;

    IF entry_id IS NULL THEN
        SELECT e.id, true, e.fingerprint INTO entry_id, repeated, v_first FROM ledger_entry e WHERE e.key = p_key;
        IF v_first IS DISTINCT FROM v_fingerprint THEN
            PERFORM ledger_refuse('LB004', format('the key %s was used for another booking', p_key), p_key);
        END IF;
    END IF;
END $$;

-- Resolves a hold for the entry about to be written. Its account is locked already, or is not among the lines.
CREATE FUNCTION ledger_hold_captured(p_hold bigint, p_entry bigint, p_key text, p_accounts bigint[], p_amounts bigint[])
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    h ledger_hold%ROWTYPE; v_taken numeric;
BEGIN
    SELECT * INTO h FROM ledger_hold WHERE id = p_hold FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM ledger_refuse('LB012', format('there is no hold %s', p_hold), p_hold::text);
    END IF;
    SELECT coalesce(-sum(u.amount), 0) INTO v_taken
      FROM unnest(p_accounts, p_amounts) AS u (account_id, amount) WHERE u.account_id = h.account_id;
    IF v_taken <= 0 OR v_taken > h.amount THEN
        PERFORM ledger_refuse('LB013', format('hold %s is over %s minor units, the entry takes %s', p_hold, h.amount, v_taken), p_hold::text);
    ELSIF h.state = 'live' THEN
        UPDATE ledger_hold SET state = 'captured', resolved_at = clock_timestamp(), entry_id = p_entry WHERE id = p_hold;
    ELSIF h.state <> 'captured' OR NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.id = h.entry_id AND e.key = p_key) THEN
        PERFORM ledger_refuse('LB011', format('hold %s is already %s', p_hold, h.state), p_hold::text);
    END IF;
END $$;

-- Books the mirror of an entry, once. Floors hold for reversals too.
CREATE FUNCTION ledger_reverse(
    p_entry bigint, p_key text, p_kind text, p_channel text, p_business_date date, p_narrative text DEFAULT NULL,
    OUT entry_id bigint, OUT repeated boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    v_accounts bigint[]; v_amounts bigint[]; v_texts text[]; v_other text;
BEGIN
    SELECT array_agg(l.account_id ORDER BY l.position), array_agg(-l.amount ORDER BY l.position),
           array_agg(coalesce(p_narrative, l.narrative) ORDER BY l.position)
      INTO v_accounts, v_amounts, v_texts FROM ledger_line l WHERE l.entry_id = p_entry;
    IF v_accounts IS NULL THEN
        PERFORM ledger_refuse('LB010', format('there is no entry %s', p_entry), p_entry::text);
    END IF;
    -- Whoever reverses first holds the accounts; the second finds the first's reversal here or at the unique index.
    PERFORM 1 FROM ledger_account a WHERE a.id = ANY (v_accounts) AND a.running ORDER BY a.id FOR NO KEY UPDATE;
    SELECT e.key INTO v_other FROM ledger_entry e WHERE e.reverses_id = p_entry;
    IF v_other <> p_key THEN
        PERFORM ledger_refuse('LB007', format('entry %s is already reversed', p_entry), p_entry::text);
    END IF;
    SELECT p.entry_id, p.repeated INTO entry_id, repeated
      FROM ledger_post(p_key, p_kind, p_channel, p_business_date, v_accounts, v_amounts, v_texts, NULL, p_entry) p;
END $$;

-- ── Booking many entries in one call ────────────────────────────────────────
-- Entry i has key p_keys[i] and so on; line j belongs to entry p_entries[j]. All or nothing. Entries are booked in the
-- order given, an entry's lines in the order given; a key met before, in the books or in this call, is a repeat.
CREATE FUNCTION ledger_post_many(
    p_keys text[], p_kinds text[], p_channels text[], p_business_dates date[],
    p_entries int[], p_accounts bigint[], p_amounts bigint[], p_narratives text[] DEFAULT NULL, p_currencies text[] DEFAULT NULL)
RETURNS TABLE (ordinal int, entry_id bigint, repeated boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    v_lines int := cardinality(p_accounts);
    v_texts text[] := coalesce(p_narratives, array_fill(''::text, ARRAY[cardinality(p_accounts)]));
    v_ids bigint[]; v_prints bytea[]; v_bad text; v_new bigint[]; v_touched bigint[];
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

    -- One fingerprint and one id for each entry, in the order given.
    SELECT array_agg(nextval('public.ledger_entry_id_seq') ORDER BY x.ord),
           array_agg(x.print ORDER BY x.ord)
      INTO v_ids, v_prints
      FROM (SELECT k.ord, ledger_fingerprint(k.kind, k.channel, NULL, NULL, g.accounts, g.amounts, g.texts) AS print
              FROM unnest(p_keys, p_kinds, p_channels) WITH ORDINALITY AS k (key, kind, channel, ord)
              LEFT JOIN (SELECT l.entry, array_agg(l.account ORDER BY l.pos) AS accounts, array_agg(l.amount ORDER BY l.pos) AS amounts,
                                array_agg(l.narrative ORDER BY l.pos) AS texts
                           FROM unnest(p_entries, p_accounts, p_amounts, v_texts) WITH ORDINALITY AS l (entry, account, amount, narrative, pos)
                          GROUP BY l.entry) g ON g.entry = k.ord
             ORDER BY k.ord) x;

    WITH counted AS MATERIALIZED (
        SELECT l.entry, count(*)::int AS n FROM unnest(p_entries) AS l (entry) GROUP BY l.entry
    ), e AS (
        INSERT INTO ledger_entry (id, key, fingerprint, kind, channel, business_date, line_count)
        SELECT k.id, k.key, k.print, k.kind, k.channel, k.business_date, coalesce(c.n, 0)
          FROM unnest(v_ids, p_keys, v_prints, p_kinds, p_channels, p_business_dates) WITH ORDINALITY
               AS k (id, key, print, kind, channel, business_date, ord)
          LEFT JOIN counted c ON c.entry = k.ord
         ORDER BY k.ord
        ON CONFLICT (key) DO NOTHING RETURNING id
    ), l AS (
        INSERT INTO ledger_line (account_id, number, entry_id, position, amount, currency, balance_after, narrative)
        SELECT x.account_id, CASE WHEN x.running THEN x.number ELSE nextval('public.ledger_internal_number') END,
               x.id, x.position, x.amount, x.currency, x.balance_after, x.narrative
          FROM (SELECT u.account_id, a.running, e.id,
                       a.last_number + row_number() OVER w AS number,
                       row_number() OVER (PARTITION BY u.entry ORDER BY u.ord) AS position, u.amount,
                       CASE WHEN a.id IS NULL THEN ledger_refuse('LB006', format('there is no account %s', u.account_id), u.account_id::text)
                            WHEN coalesce(u.currency, '') IN ('', a.currency) THEN a.currency
                            ELSE ledger_refuse('LB003', format('account %s is kept in %s', u.account_id, a.currency), u.account_id::text) END AS currency,
                       CASE WHEN a.running THEN a.balance + sum(u.amount) OVER w END AS balance_after,
                       u.narrative, u.entry
                  FROM unnest(p_entries, p_accounts, p_amounts, v_texts, p_currencies) WITH ORDINALITY
                       AS u (entry, account_id, amount, narrative, currency, ord)
                  JOIN e ON e.id = v_ids[u.entry]
                  LEFT JOIN ledger_account a ON a.id = u.account_id
                WINDOW w AS (PARTITION BY u.account_id ORDER BY u.entry, u.ord)) x
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

-- ── Accounts ────────────────────────────────────────────────────────────────
-- Opens accounts by code. One that is there with the same nature is returned as it is; with another it is refused.
CREATE FUNCTION ledger_open_accounts(
    p_codes text[], p_names text[], p_kinds text[], p_currencies text[], p_running boolean[], p_floors bigint[], p_opened timestamptz)
RETURNS TABLE (code text, account_id bigint)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    v_bad text;
BEGIN
    INSERT INTO ledger_account (code, name, kind, currency, status, running, floor, balance, held, last_number, opened_at)
    SELECT u.code, u.name, u.kind, u.currency, 'open', u.running, u.floor, 0, 0, 0, p_opened
      FROM unnest(p_codes, p_names, p_kinds, p_currencies, p_running, p_floors) WITH ORDINALITY
           AS u (code, name, kind, currency, running, floor, ord)
     ORDER BY u.ord
    ON CONFLICT ON CONSTRAINT ledger_account_code DO NOTHING;
    SELECT min(u.code) INTO v_bad
      FROM unnest(p_codes, p_kinds, p_currencies, p_running) AS u (code, kind, currency, running)
      JOIN ledger_account a ON a.code = u.code
     WHERE (a.kind, a.currency, a.running) IS DISTINCT FROM (u.kind, u.currency, u.running);
    IF v_bad IS NOT NULL THEN
        PERFORM ledger_refuse('LB014', format('the code %s belongs to an account of another nature', v_bad), v_bad);
    END IF;
    RETURN QUERY SELECT a.code::text, a.id FROM ledger_account a WHERE a.code = ANY (p_codes);
END $$;

CREATE FUNCTION ledger_set_floor(p_account bigint, p_floor bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    a ledger_account%ROWTYPE;
BEGIN
    SELECT * INTO a FROM ledger_account WHERE id = p_account FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM ledger_refuse('LB006', format('there is no account %s', p_account), p_account::text);
    ELSIF NOT a.running THEN
        PERFORM ledger_refuse('LB016', format('account %s is internal: it has no floor', p_account), p_account::text);
    ELSIF p_floor IS NOT NULL AND a.balance - a.held < p_floor THEN
        PERFORM ledger_refuse('LB002', format('account %s is already below that floor', p_account), p_account::text);
    END IF;
    UPDATE ledger_account SET floor = p_floor WHERE id = p_account;
END $$;

-- Closes an empty account; closing again changes nothing.
CREATE FUNCTION ledger_close_account(p_account bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '3s' AS $$
DECLARE
    a ledger_account%ROWTYPE; v_booked bigint;
BEGIN
    -- A running account's row is locked by every booking on it. Bookings on an internal account lock nothing, so those
    -- on their way are waited for at the table of lines; later ones wait here and find the account closed.
    SELECT * INTO a FROM ledger_account WHERE id = p_account FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM ledger_refuse('LB006', format('there is no account %s', p_account), p_account::text);
    ELSIF NOT a.running THEN
        LOCK TABLE ledger_line IN SHARE MODE;
    END IF;
    SELECT b.booked INTO v_booked FROM ledger_balance b WHERE b.account_id = p_account;
    IF v_booked <> 0 OR a.held <> 0 THEN
        PERFORM ledger_refuse('LB015', format('account %s still has money on it', p_account), p_account::text);
    END IF;
    UPDATE ledger_account SET status = 'closed' WHERE id = p_account AND status <> 'closed';
END $$;

-- ── Balances ────────────────────────────────────────────────────────────────
-- The sum of an internal account's lines after a number. They are few, but the planner cannot know it: left to itself it
-- reads the whole table of lines once that is large. Here it may only walk the primary key from that number on.
CREATE FUNCTION ledger_sum_after(p_account bigint, p_number bigint, p_upto bigint DEFAULT 9223372036854775807) RETURNS numeric
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off SET max_parallel_workers_per_gather = 0 AS $$
BEGIN
    RETURN (SELECT sum(l.amount) FROM ledger_line l
             WHERE l.account_id = p_account AND l.number > p_number AND l.number <= p_upto);
END $$;

-- A running account knows its balance; an internal one is its roll-up and the lines after it.
CREATE VIEW ledger_balance AS
    SELECT a.id AS account_id, a.currency,
           CASE WHEN a.running THEN a.balance
                ELSE coalesce(r.balance, 0) + coalesce(ledger_sum_after(a.id, coalesce(r.number, 0)), 0)::bigint
           END AS booked,
           a.held, a.floor, a.last_number
      FROM ledger_account a LEFT JOIN ledger_rollup r ON r.account_id = a.id;

-- Moves the roll-ups on, without stopping anybody. Answers how many accounts moved.
-- Whoever draws a number holds a lock on the sequence until its transaction is over. So, with M read first and those
-- writers listed after it: once none of them is at work any more, every line up to M is there, and a sum up to M is final.
-- Nothing here outlives a restore wrongly: balances are read by number alone, and a stale list of writers only delays.
CREATE FUNCTION ledger_roll_up() RETURNS int
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    v_mark ledger_mark%ROWTYPE; v_number bigint; v_writers text[]; v_target bigint; v_moved int := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('ledger_roll_up'));
    SELECT CASE WHEN s.is_called THEN s.last_value ELSE 0 END INTO v_number FROM ledger_internal_number s;
    SELECT coalesce(array_agg(DISTINCT l.virtualtransaction), '{}') INTO v_writers
      FROM pg_locks l
     WHERE l.locktype = 'relation' AND l.relation = 'ledger_internal_number'::regclass AND l.mode = 'RowExclusiveLock'
       AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
       AND l.pid IS DISTINCT FROM pg_backend_pid();

    SELECT * INTO v_mark FROM ledger_mark WHERE id = 1;
    IF cardinality(v_writers) = 0 THEN
        v_target := v_number;
    ELSIF v_mark.writers && v_writers THEN
        RETURN 0;  -- somebody who was at work then still is: the mark stands
    ELSE
        v_target := v_mark.number;  -- null before the first mark
    END IF;

    INSERT INTO ledger_rollup AS r (account_id, number, balance)
    SELECT a.id, v_target, coalesce(o.balance, 0) + t.total
      FROM ledger_account a LEFT JOIN ledger_rollup o ON o.account_id = a.id
     CROSS JOIN LATERAL (SELECT ledger_sum_after(a.id, coalesce(o.number, 0), v_target) AS total) t
     WHERE NOT a.running AND t.total IS NOT NULL
    ON CONFLICT (account_id) DO UPDATE
       SET number = excluded.number, balance = excluded.balance, rolled_at = clock_timestamp();
    GET DIAGNOSTICS v_moved = ROW_COUNT;

    INSERT INTO ledger_mark AS m (id, number, writers) VALUES (1, v_number, v_writers)
    ON CONFLICT (id) DO UPDATE SET number = excluded.number, writers = excluded.writers;
    RETURN v_moved;
END $$;

-- ── Holds ───────────────────────────────────────────────────────────────────
CREATE FUNCTION ledger_place_hold(
    p_key text, p_account bigint, p_amount bigint, p_reason text, p_expires_at timestamptz, OUT hold_id bigint, OUT repeated boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    h ledger_hold%ROWTYPE;
BEGIN
    PERFORM 1 FROM ledger_account WHERE id = p_account FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM ledger_refuse('LB006', format('there is no account %s', p_account), p_account::text);
    END IF;
    INSERT INTO ledger_hold (key, account_id, amount, reason, state, expires_at)
    VALUES (p_key, p_account, p_amount, p_reason, 'live', p_expires_at)
    ON CONFLICT (key) DO NOTHING RETURNING id, false INTO hold_id, repeated;
    IF hold_id IS NULL THEN
        SELECT * INTO h FROM ledger_hold WHERE key = p_key;
        IF (h.account_id, h.amount, h.reason) IS DISTINCT FROM (p_account, p_amount, p_reason) THEN
            PERFORM ledger_refuse('LB004', format('the key %s was used for another hold', p_key), p_key);
        END IF;
        hold_id := h.id;
        repeated := true;
    END IF;
END $$;

-- Locks the account, then the hold: the order every other door keeps.
CREATE FUNCTION ledger_lock_hold(p_hold bigint) RETURNS ledger_hold LANGUAGE plpgsql AS $$
DECLARE
    h ledger_hold%ROWTYPE;
BEGIN
    SELECT * INTO h FROM ledger_hold WHERE id = p_hold;
    IF NOT FOUND THEN
        PERFORM ledger_refuse('LB012', format('there is no hold %s', p_hold), p_hold::text);
    END IF;
    PERFORM 1 FROM ledger_account WHERE id = h.account_id FOR NO KEY UPDATE;
    SELECT * INTO h FROM ledger_hold WHERE id = p_hold FOR UPDATE;
    RETURN h;
END $$;

-- Sets held money free. Answers whether it had been released before; a captured or expired hold is refused.
CREATE FUNCTION ledger_release_hold(p_hold bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    h ledger_hold%ROWTYPE;
BEGIN
    h := ledger_lock_hold(p_hold);
    IF h.state = 'released' THEN
        RETURN true;
    ELSIF h.state <> 'live' THEN
        PERFORM ledger_refuse('LB011', format('hold %s is already %s', p_hold, h.state), p_hold::text);
    END IF;
    UPDATE ledger_hold SET state = 'released', resolved_at = clock_timestamp() WHERE id = p_hold;
    RETURN false;
END $$;

-- Sets overdue holds free, some thousands a call; answers how many.
CREATE FUNCTION ledger_expire_holds(p_now timestamptz, p_limit int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    v_holds bigint[]; v_expired int;
BEGIN
    SELECT array_agg(h.id) INTO v_holds
      FROM (SELECT id FROM ledger_hold WHERE state = 'live' AND expires_at <= p_now ORDER BY expires_at LIMIT p_limit) h;
    PERFORM 1 FROM ledger_account WHERE id IN (SELECT account_id FROM ledger_hold WHERE id = ANY (v_holds))
      ORDER BY id FOR NO KEY UPDATE;
    UPDATE ledger_hold SET state = 'expired', resolved_at = clock_timestamp()
     WHERE id = ANY (v_holds) AND state = 'live';
    GET DIAGNOSTICS v_expired = ROW_COUNT;
    RETURN v_expired;
END $$;
