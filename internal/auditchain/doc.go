// Package auditchain is the arithmetic of the audit log: what a record is, how records are chained so that none can be
// altered, removed or moved unseen, and how what is personal in them can be erased without breaking the chain. It knows
// no database.
package auditchain
