-- +goose Up
-- The end of the audit log is signed from here on. A program from before leaves what it does not know as it is, so that the
-- signature is no longer that of the end; `audit sign` signs it again.
ALTER TABLE audit_chain ADD COLUMN head_signature BYTEA;
