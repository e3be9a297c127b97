// Package feed sends subscribers the events of sessions, of the audit log, and of revocations, whichever instance they
// happen on. Each feed polls the database at an interval, and at once when a change is announced. A query serves all
// subscribers of the same events.
package feed
