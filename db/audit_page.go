package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"authgraph/account"
	"authgraph/internal/auditchain"
)

// AuditPage implements account.AuditLog by keyset pagination, with time and position as the key.
func (l *AuditLog) AuditPage(ctx context.Context, q account.AuditQuery) (account.AuditPage, error) {
	w, err := l.auditCondition(ctx, q.Filter)
	if err != nil || w.noRows {
		return account.AuditPage{}, err
	}
	query, order := w.pageQuery(q)
	events, err := l.events(ctx, query, order, w.args, q.Limit+1)
	if err != nil {
		return account.AuditPage{}, err
	}
	more := len(events) > q.Limit
	page := account.AuditPage{Events: events[:min(len(events), q.Limit)], HasNext: more, HasPrev: q.After != nil}
	if q.Backward {
		slices.Reverse(page.Events)
		page.HasNext, page.HasPrev = q.Before != nil, more
	}
	return page, nil
}

// pageQuery returns the query of the records of a page, plus one more, and their order.
func (w *auditWhere) pageQuery(q account.AuditQuery) (query, order string) {
	w.cursorCondition(`<`, q.After)
	w.cursorCondition(`>`, q.Before)
	order = map[bool]string{false: `at DESC, position DESC`, true: `at ASC, position ASC`}[q.Backward]
	return w.limitedQuery(`*`, order, q.Limit+1), order
}

// CountAudit implements account.AuditLog.
func (l *AuditLog) CountAudit(ctx context.Context, f account.AuditFilter, max int) (n int, err error) {
	w, err := l.auditCondition(ctx, f)
	if err != nil || w.noRows {
		return 0, err
	}
	query := w.limitedQuery(`position`, `at, position`, max)
	err = l.store.read.GetContext(ctx, &n,
		`SELECT count(*) FROM (SELECT position FROM (`+query+`) AS found LIMIT `+strconv.Itoa(max)+`) AS counted`, w.args...)
	return n, storeError(err)
}

// AuditByID implements account.AuditLog.
func (l *AuditLog) AuditByID(ctx context.Context, ids []string) ([]*account.AuditEvent, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	w := &auditWhere{}
	for _, id := range ids {
		w.terms = append(w.terms, w.arg(id))
	}
	return l.events(ctx, `SELECT * FROM audit_log WHERE id IN (`+strings.Join(w.terms, ", ")+`)`, `position`, w.args, len(ids))
}

// AuditEnd implements account.AuditLog.
func (l *AuditLog) AuditEnd(ctx context.Context) (position int64, err error) {
	err = l.store.read.GetContext(ctx, &position, `SELECT head_position FROM audit_chain WHERE id = 1`)
	return position, storeError(err)
}

// AuditAfter implements account.AuditLog.
func (l *AuditLog) AuditAfter(ctx context.Context, position int64, limit int) ([]*account.AuditEvent, error) {
	return l.events(ctx, `SELECT * FROM audit_log WHERE position > $1 ORDER BY position LIMIT `+strconv.Itoa(limit), `position`,
		[]any{position}, limit)
}

// auditWhere builds the WHERE clause of a query of records.
type auditWhere struct {
	whereClause
	actions []string // actions of the records; nil for all
	account string   // reference of the actor or the subject; "" for all
}

// auditCondition returns the WHERE clause of f. It is none if an account of f has no records.
func (l *AuditLog) auditCondition(ctx context.Context, f account.AuditFilter) (*auditWhere, error) {
	w := &auditWhere{}
	for _, about := range []struct {
		id     *string
		column string
	}{{f.ActorID, `actor_ref`}, {f.SubjectID, `subject_ref`}, {f.AccountID, ``}} {
		if about.id == nil {
			continue
		}
		var ref string
		err := l.store.read.GetContext(ctx, &ref, `SELECT ref FROM audit_accounts WHERE user_id = $1`, *about.id)
		if errors.Is(err, sql.ErrNoRows) { // the account does not exist or has no records
			return &auditWhere{whereClause: whereClause{noRows: true}}, nil
		}
		if err != nil {
			return nil, storeError(err)
		}
		if about.column == `` {
			w.account = ref
			continue
		}
		w.and(about.column + ` = ` + w.arg(ref))
	}
	if f.Outcome != nil { // literals, so that the partial index of failures applies
		w.and(map[account.AuditOutcome]string{
			account.Failed: `outcome = 'FAILURE'`, account.Succeeded: `outcome = 'SUCCESS'`,
		}[*f.Outcome])
	}
	if f.Since != nil {
		w.and(`at >= ` + w.arg(f.Since.UnixMicro()))
	}
	if f.Until != nil {
		w.and(`at < ` + w.arg(f.Until.UnixMicro()))
	}
	if f.Actions != nil {
		w.actions = slices.Compact(slices.Sorted(slices.Values(f.Actions)))
		w.noRows = len(w.actions) == 0
	}
	return w, nil
}

// cursorCondition adds the condition that records sort on one side of a cursor.
func (w *auditWhere) cursorCondition(side string, m *account.AuditCursor) {
	if m != nil {
		w.and(`(at, position) ` + side + ` (` + w.arg(m.At.UnixMicro()) + `, ` + w.arg(m.Position) + `)`)
	}
}

// limitedQuery returns the query of the first limit records in an order. Indexes hold the records of each action, of each actor
// and of each subject in order, so the query takes limit records from each of them.
func (w *auditWhere) limitedQuery(columns, order string, limit int) string {
	tail := ` ORDER BY ` + order + ` LIMIT ` + strconv.Itoa(limit)
	alternatives := w.alternatives()
	if len(alternatives) == 1 {
		return `SELECT ` + columns + ` FROM audit_log WHERE ` + alternatives[0] + tail
	}
	parts := make([]string, len(alternatives))
	for i, alternative := range alternatives {
		parts[i] = `SELECT * FROM (SELECT ` + columns + ` FROM audit_log WHERE ` + alternative + tail + `) AS part` + strconv.Itoa(i)
	}
	return strings.Join(parts, ` UNION ALL `)
}

// alternatives returns disjoint conditions whose union is the WHERE clause.
func (w *auditWhere) alternatives() []string {
	all := []string{w.String()}
	if w.actions != nil {
		all = nil
		for _, action := range w.actions {
			all = append(all, `action = `+w.arg(action)+` AND `+w.String())
		}
	}
	if w.account == "" {
		return all
	}
	ref := w.arg(w.account)
	both := make([]string, 0, 2*len(all))
	for _, term := range all {
		both = append(both, `actor_ref = `+ref+` AND `+term,
			`subject_ref = `+ref+` AND actor_ref IS DISTINCT FROM `+ref+` AND `+term)
	}
	return both
}

// eventRow is a record with its accounts, as far as they exist.
type eventRow struct {
	recordRow
	ActorID          *string `db:"actor_id"`
	ActorSalt        []byte  `db:"actor_salt"`
	ImpersonatorID   *string `db:"impersonator_id"`
	ImpersonatorSalt []byte  `db:"impersonator_salt"`
	SubjectID        *string `db:"subject_id"`
	SubjectSalt      []byte  `db:"subject_salt"`
}

// events returns the records of a query, in an order, with their accounts.
func (l *AuditLog) events(
	ctx context.Context, query, order string, args []any, limit int,
) ([]*account.AuditEvent, error) {
	keys, err := l.keys(ctx)
	if err != nil {
		return nil, err
	}
	var rows []eventRow
	if err := l.store.read.SelectContext(ctx, &rows, `
		SELECT r.position, r.id, r.at, r.action, r.outcome, r.actor_ref, r.impersonator_ref, r.subject_ref, r.session_id,
			r.details, r.personal, r.private, r.address, r.mac, a.user_id AS actor_id, a.salt AS actor_salt,
			i.user_id AS impersonator_id, i.salt AS impersonator_salt, s.user_id AS subject_id, s.salt AS subject_salt
		FROM (SELECT * FROM (`+query+`) AS found ORDER BY `+order+` LIMIT `+strconv.Itoa(limit)+`) AS r
		LEFT JOIN audit_accounts a ON a.ref = r.actor_ref
		LEFT JOIN audit_accounts i ON i.ref = r.impersonator_ref
		LEFT JOIN audit_accounts s ON s.ref = r.subject_ref
		ORDER BY `+order, args...); err != nil {
		return nil, storeError(err)
	}
	events := make([]*account.AuditEvent, len(rows))
	for i := range rows {
		if events[i], err = rows[i].event(keys); err != nil {
			return nil, err
		}
	}
	return events, nil
}

// event returns the record without its erased values.
func (r *eventRow) event(keys *auditchain.Keys) (*account.AuditEvent, error) {
	e := &account.AuditEvent{
		Position: r.Position, ID: r.ID, At: fromMicros(r.At), Action: r.Action, Outcome: account.AuditOutcome(r.Outcome),
		ActorID: r.ActorID, ImpersonatorID: r.ImpersonatorID, SubjectID: r.SubjectID, SessionID: r.Session,
	}
	owner := auditchain.Nobody
	for _, party := range []struct {
		ref  *string
		salt []byte
	}{{r.Impersonator, r.ImpersonatorSalt}, {r.Actor, r.ActorSalt}, {r.Subject, r.SubjectSalt}} {
		if party.ref != nil {
			owner = party.salt
			break
		}
	}
	var device personal
	if err := opened(keys, owner, auditchain.Personal, r.ID, r.Personal, &device); err != nil {
		return nil, err
	}
	e.IPAddress, e.UserAgent = nullable(device.IPAddress), nullable(device.UserAgent)
	details := map[string]any{}
	if r.Details != nil {
		if err := json.Unmarshal([]byte(*r.Details), &details); err != nil {
			return nil, err
		}
	}
	if err := opened(keys, r.SubjectSalt, auditchain.Private, r.ID, r.Private, &details); err != nil {
		return nil, err
	}
	if len(details) > 0 {
		e.Details = details
	}
	return e, nil
}

// opened decrypts a value into into. A value without a salt was erased, and leaves into unchanged. So does an altered value,
// which Verify reports.
func opened(keys *auditchain.Keys, salt []byte, kind, id string, sealed []byte, into any) error {
	if len(salt) == 0 || len(sealed) == 0 {
		return nil
	}
	plain, err := keys.Open(salt, kind, id, sealed)
	if errors.Is(err, auditchain.ErrErased) {
		return nil
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(plain, into)
}
