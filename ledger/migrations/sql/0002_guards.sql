-- What the database itself refuses, whoever asks: the application, the owner of the tables, psql.
--
-- SQLSTATEs of the books (class LB; ledger/errors.py gives each its Python name; DETAIL carries the id or key meant):
--   LB001 unbalanced   LB002 below floor      LB003 wrong currency   LB004 key reused       LB005 account closed
--   LB006 unknown account   LB007 already reversed   LB008 cannot reverse   LB009 the books are not edited
--   LB010 unknown entry     LB011 hold resolved      LB012 unknown hold     LB013 beyond hold
--   LB014 code taken        LB015 account not empty  LB016 malformed

-- Raises; returns text so that it can stand where a value was expected.
CREATE FUNCTION ledger_refuse(p_state text, p_message text, p_detail text) RETURNS text
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = p_state, MESSAGE = p_message, DETAIL = coalesce(p_detail, '');
END $$;

-- ── Tables ──────────────────────────────────────────────────────────────────
-- There are few CHECK and FOREIGN KEY constraints here on purpose: each is paid for by every booking (PostgreSQL parses
-- a check anew for every statement, and asks a foreign key row by row). What they would say is said below, set by set,
-- in triggers that hold for the owner too: docs/adr/0003.
-- Balances are updated in place: room on the page keeps such updates out of the indexes (HOT).
ALTER TABLE ledger_account SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE ledger_line SET (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE ledger_entry SET (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);

-- Numbers of the internal accounts' lines. They rise; gaps are allowed.
CREATE SEQUENCE ledger_internal_number;

-- ── Nothing written is edited ───────────────────────────────────────────────
CREATE FUNCTION ledger_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'LB009',
        MESSAGE = format('the books are not edited: %s on %s is refused; book a reversal', TG_OP, TG_TABLE_NAME);
END $$;

CREATE TRIGGER ledger_entry_kept BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_keep();
CREATE TRIGGER ledger_line_kept BEFORE UPDATE OR DELETE ON ledger_line
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_keep();
CREATE TRIGGER ledger_account_kept BEFORE DELETE ON ledger_account
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_keep();
CREATE TRIGGER ledger_hold_kept BEFORE DELETE ON ledger_hold
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_keep();

-- ── Accounts: what they are is settled when they are opened ────────────────
CREATE FUNCTION ledger_account_settled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.balance <> 0 OR NEW.held <> 0 OR NEW.last_number <> 0 THEN
            PERFORM ledger_refuse('LB009', format('account %s is opened empty', NEW.code), NEW.code);
        END IF;
    ELSIF (OLD.id, OLD.code, OLD.kind, OLD.currency, OLD.running) IS DISTINCT FROM (NEW.id, NEW.code, NEW.kind, NEW.currency, NEW.running) THEN
        PERFORM ledger_refuse('LB009', format('the code, kind and currency of account %s stay what they are', OLD.id), OLD.id::text);
    END IF;
    IF NEW.code = '' OR NEW.kind NOT IN ('asset', 'liability', 'equity', 'income', 'expense')
       OR NEW.status NOT IN ('open', 'closed') OR NEW.currency !~ '^[A-Z]{3}$' THEN
        PERFORM ledger_refuse('LB016', 'an account has a code, a known kind and status, and a currency of three letters', NEW.code);
    ELSIF NEW.floor IS NOT NULL AND NOT NEW.running THEN
        PERFORM ledger_refuse('LB016', format('account %s is internal: it has no floor', NEW.code), NEW.code);
    ELSIF NEW.status = 'closed' AND (NEW.balance <> 0 OR NEW.held <> 0) THEN
        PERFORM ledger_refuse('LB015', format('account %s still has money on it', NEW.id), NEW.id::text);
    END IF;
    RETURN NEW;
END $$;

-- A booking sets none of these columns, so this costs it nothing.
CREATE TRIGGER ledger_account_settled BEFORE INSERT OR UPDATE OF id, code, kind, currency, running, status, floor ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION ledger_account_settled();

-- ── … and their derived columns move with lines and holds alone ────────────
-- The line trigger and the hold trigger write them (depth 1); a statement of anybody's own (depth 0) may not.
CREATE FUNCTION ledger_account_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'LB009', DETAIL = OLD.id::text,
        MESSAGE = format('the balance of account %s moves with its lines and holds alone', OLD.id);
END $$;

CREATE TRIGGER ledger_account_moves BEFORE UPDATE OF balance, held, last_number ON ledger_account
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION ledger_account_moves();

-- ── Lines: each entry arrives whole and balanced; running balances follow ──
-- Joins here are by key, for one line or for a hundred thousand, so a plan made for one serves the other.
CREATE FUNCTION ledger_lines_arrive() RETURNS trigger LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
DECLARE
    v_entry bigint; v_currency text; v_total numeric; v_odd boolean; v_running bigint; v_bad bigint; v_moved bigint;
BEGIN
    SELECT x.entry_id, min(x.currency) FILTER (WHERE x.total <> 0), min(x.total) FILTER (WHERE x.total <> 0), bool_or(x.odd)
      INTO v_entry, v_currency, v_total, v_odd
      FROM (SELECT entry_id, currency, sum(amount) AS total, count(*) AS n, max(position) AS last, min(position) AS first,
                   bool_or(amount = 0 OR amount NOT BETWEEN -100000000000000000 AND 100000000000000000) AS odd
              FROM arrived GROUP BY entry_id, currency) x
      -- By id alone: a transaction looks selective to the planner, and an import writes all its entries in one.
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

    -- Every line's account is there, open, in the line's currency; running ones carry a balance, internal ones do not.
    -- Accounts are never deleted and their currency never changes, so this stays true.
    SELECT count(DISTINCT l.account_id) FILTER (WHERE a.running),
           min(l.account_id) FILTER (WHERE a.id IS NULL OR a.currency <> l.currency OR a.status <> 'open'
                                        OR a.running = (l.balance_after IS NULL))
      INTO v_running, v_bad
      FROM arrived l LEFT JOIN ledger_account a ON a.id = l.account_id;
    IF v_bad IS NOT NULL THEN
        PERFORM ledger_lines_refused(v_bad);
    ELSIF v_running = 0 THEN
        RETURN NULL;
    END IF;

    -- Running accounts: numbers go on without a gap, each balance after follows from the one before, and none of them
    -- lies under the floor or eats into what is held.
    UPDATE ledger_account a
       SET balance = a.balance + t.total::bigint, last_number = t.last
      FROM (SELECT account_id, max(number) AS last, sum(amount) AS total, min(balance_after) AS lowest,
                   min(number - k) AS number_from, max(number - k) AS number_to,
                   min(balance_after - so_far) AS balance_from, max(balance_after - so_far) AS balance_to
              FROM (SELECT account_id, number, amount, balance_after,
                           row_number() OVER w AS k, (sum(amount) OVER w)::bigint AS so_far
                      FROM arrived WHERE balance_after IS NOT NULL
                    WINDOW w AS (PARTITION BY account_id ORDER BY number)) l
             GROUP BY account_id) t
     WHERE a.id = t.account_id
       AND a.last_number = t.number_from AND t.number_from = t.number_to
       AND a.balance = t.balance_from AND t.balance_from = t.balance_to
       AND (a.floor IS NULL OR t.lowest - a.held >= a.floor);
    GET DIAGNOSTICS v_moved = ROW_COUNT;
    IF v_moved <> v_running THEN
        -- The untouched account is the one whose last number is not the last of its lines.
        SELECT min(l.account_id) INTO v_bad
          FROM (SELECT account_id, max(number) AS last FROM arrived WHERE balance_after IS NOT NULL GROUP BY account_id) l
          JOIN ledger_account a ON a.id = l.account_id WHERE a.last_number <> l.last;
        PERFORM ledger_lines_refused(v_bad);
    END IF;
    RETURN NULL;
END $$;

-- Says why the lines of one account were refused.
CREATE FUNCTION ledger_lines_refused(p_account bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    a ledger_account%ROWTYPE;
BEGIN
    SELECT * INTO a FROM ledger_account WHERE id = p_account;
    IF NOT FOUND THEN
        PERFORM ledger_refuse('LB006', format('there is no account %s', p_account), p_account::text);
    END IF;
    IF a.status <> 'open' THEN
        PERFORM ledger_refuse('LB005', format('account %s is closed', p_account), p_account::text);
    END IF;
    IF EXISTS (SELECT 1 FROM ledger_line l WHERE l.account_id = p_account AND l.currency <> a.currency) THEN
        PERFORM ledger_refuse('LB003', format('account %s is kept in %s', p_account, a.currency), p_account::text);
    END IF;
    IF EXISTS (SELECT 1 FROM ledger_line l WHERE l.account_id = p_account AND l.number > a.last_number
                  AND (l.balance_after IS NULL) = a.running) THEN
        PERFORM ledger_refuse('LB009', format('account %s: only lines of running accounts carry a balance', p_account), p_account::text);
    END IF;
    IF EXISTS (SELECT 1 FROM ledger_line l WHERE l.account_id = p_account AND l.number > a.last_number
                  AND l.balance_after - a.held < a.floor) THEN
        PERFORM ledger_refuse('LB002', format('account %s would fall below its floor', p_account), p_account::text);
    END IF;
    PERFORM ledger_refuse('LB009', format('account %s: a line''s number or balance does not follow from the one before', p_account), p_account::text);
END $$;

CREATE TRIGGER ledger_lines_arrive AFTER INSERT ON ledger_line REFERENCING NEW TABLE AS arrived
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_lines_arrive();

-- ── Entries: never without lines; a reversal mirrors an entry that is none itself ──
CREATE FUNCTION ledger_entries_arrive() RETURNS trigger LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
DECLARE
    v_bare bigint; v_odd bigint; v_reversals bigint; r record;
BEGIN
    SELECT min(e.id) FILTER (WHERE NOT EXISTS (SELECT 1 FROM ledger_line l WHERE l.entry_id = e.id AND l.position = 1)),
           min(e.id) FILTER (WHERE e.key = '' OR e.line_count < 2 OR e.kind !~ '^[a-z][a-z0-9_]*([.][a-z0-9_]+)+$'
                                OR e.channel NOT IN ('online', 'counter', 'card', 'interbank', 'system')),
           count(e.reverses_id)
      INTO v_bare, v_odd, v_reversals FROM arrived e;
    IF v_odd IS NOT NULL THEN
        PERFORM ledger_refuse('LB016', 'an entry has a key, two lines or more, a kind with a dot and a known channel', v_odd::text);
    END IF;
    IF v_bare IS NOT NULL THEN
        PERFORM ledger_refuse('LB009', format('entry %s is not whole: an entry and all its lines are written together, once', v_bare), v_bare::text);
    END IF;
    IF v_reversals > 0 THEN
        FOR r IN SELECT e.id, e.reverses_id, o.reverses_id AS grandfather
                   FROM arrived e JOIN ledger_entry o ON o.id = e.reverses_id LOOP
            v_reversals := v_reversals - 1;
            IF r.grandfather IS NOT NULL THEN
                PERFORM ledger_refuse('LB008', format('entry %s is itself a reversal', r.reverses_id), r.reverses_id::text);
            END IF;
            IF EXISTS ((SELECT account_id, position, -amount FROM ledger_line WHERE entry_id = r.id
                        EXCEPT SELECT account_id, position, amount FROM ledger_line WHERE entry_id = r.reverses_id)
                       UNION ALL
                       (SELECT account_id, position, amount FROM ledger_line WHERE entry_id = r.reverses_id
                        EXCEPT SELECT account_id, position, -amount FROM ledger_line WHERE entry_id = r.id)) THEN
                PERFORM ledger_refuse('LB008', format('entry %s does not mirror entry %s line by line', r.id, r.reverses_id), r.reverses_id::text);
            END IF;
        END LOOP;
        IF v_reversals <> 0 THEN
            PERFORM ledger_refuse('LB010', 'the entry to reverse is not there', '');
        END IF;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER ledger_entries_arrive AFTER INSERT ON ledger_entry REFERENCING NEW TABLE AS arrived
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entries_arrive();

-- ── Holds: placed live, resolved once; the account's held sum follows ──────
CREATE FUNCTION ledger_hold_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.state <> 'live' THEN
            PERFORM ledger_refuse('LB011', format('hold %s is already %s', OLD.id, OLD.state), OLD.id::text);
        END IF;
        IF (OLD.id, OLD.key, OLD.account_id, OLD.amount, OLD.reason, OLD.placed_at, OLD.expires_at)
           IS DISTINCT FROM (NEW.id, NEW.key, NEW.account_id, NEW.amount, NEW.reason, NEW.placed_at, NEW.expires_at)
           OR NEW.state = 'live' THEN
            PERFORM ledger_refuse('LB009', format('hold %s is not edited, only resolved', OLD.id), OLD.id::text);
        END IF;
        UPDATE ledger_account SET held = held - OLD.amount WHERE id = OLD.account_id;
        RETURN NULL;
    END IF;
    IF NEW.state <> 'live' THEN
        PERFORM ledger_refuse('LB009', 'a hold starts live', NEW.id::text);
    END IF;
    UPDATE ledger_account SET held = held + NEW.amount
     WHERE id = NEW.account_id AND running AND status = 'open'
       AND (floor IS NULL OR balance - held - NEW.amount >= floor);
    IF NOT FOUND THEN
        PERFORM ledger_hold_refused(NEW.account_id);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION ledger_hold_refused(p_account bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    a ledger_account%ROWTYPE;
BEGIN
    SELECT * INTO a FROM ledger_account WHERE id = p_account;
    IF a.status <> 'open' THEN
        PERFORM ledger_refuse('LB005', format('account %s is closed', p_account), p_account::text);
    END IF;
    IF NOT a.running THEN
        PERFORM ledger_refuse('LB016', format('account %s is internal: nothing can be held on it', p_account), p_account::text);
    END IF;
    PERFORM ledger_refuse('LB002', format('account %s would fall below its floor', p_account), p_account::text);
END $$;

CREATE TRIGGER ledger_hold_moves AFTER INSERT OR UPDATE ON ledger_hold
    FOR EACH ROW EXECUTE FUNCTION ledger_hold_moves();
