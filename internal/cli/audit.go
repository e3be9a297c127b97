package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"authgraph/db"
	"authgraph/internal/auditchain"
)

type verifyAudit struct{ anchors }

type signAudit struct{ anchors }

type anchors struct {
	Anchor []string `help:"What an earlier run has printed as the anchor, kept elsewhere: the log must still hold it. May be repeated."`
}

func (a anchors) marks() (marks []auditchain.Checkpoint, err error) {
	for _, text := range a.Anchor {
		mark, err := auditchain.ParseCheckpoint(text)
		if err != nil {
			return nil, err
		}
		marks = append(marks, mark)
	}
	return marks, nil
}

// errUnsound reports that the log was altered. Its exit code differs from the exit code of a failed command.
type errUnsound struct{ count int }

func (e errUnsound) Error() string {
	return "the audit log is not sound: " + plural(e.count, "problem", "problems")
}

// ExitCode is that of the command.
func (errUnsound) ExitCode() int { return 2 }

func (v *verifyAudit) run(ctx context.Context, k KeyCommand, out io.Writer) error {
	outside, err := v.marks()
	if err != nil {
		return err
	}
	report, err := k.auditLog().Verify(ctx, outside...)
	if err != nil {
		return err
	}
	err = printReport(out, report, len(outside))
	if !report.Sound() {
		return errUnsound{report.Count}
	}
	return err
}

func (s *signAudit) run(ctx context.Context, k KeyCommand, out io.Writer) error {
	outside, err := s.marks()
	if err != nil {
		return err
	}
	report, err := k.auditLog().Sign(ctx, outside...)
	if err != nil && !errors.Is(err, db.ErrUnsound) {
		return err
	}
	if err := printReport(out, report, len(outside)); err != nil {
		return err
	}
	if err != nil {
		return errUnsound{report.Count}
	}
	_, err = fmt.Fprintln(out, "The end is signed.")
	return err
}

func printReport(out io.Writer, r db.AuditReport, compared int) error {
	var err error
	say := func(format string, args ...any) {
		if err == nil {
			_, err = fmt.Fprintf(out, format+"\n", args...)
		}
	}
	if r.Records > 0 {
		say("Records   %d, from %d (%s) to %d (%s)", r.Records, r.First.Position, r.Oldest.Format(time.RFC3339),
			r.Last.Position, r.Newest.Format(time.RFC3339))
	} else {
		say("Records   none")
	}
	if r.State.Anchor.Position > 0 {
		say("Begins    behind %d: what was before is dropped, or was sealed with a key that was given up", r.State.Anchor.Position)
	}
	if r.Before > 0 {
		say("Unproven  %s from before the beginning", plural(int(r.Before), "record", "records"))
	}
	say("Unsealed  %d, which nothing proves yet", r.Waiting)
	say("Compared  with %s kept elsewhere", plural(compared, "anchor that was", "anchors that were"))
	say("Anchor    %s", r.Last)
	for _, problem := range r.Problems {
		say("Problem   %s", problem)
	}
	if more := r.Count - len(r.Problems); more > 0 {
		say("Problem   and %d more", more)
	}
	if r.Sound() {
		say("Sound.")
	}
	return err
}
