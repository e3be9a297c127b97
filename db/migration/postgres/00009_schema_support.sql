-- The oldest program that may run on this schema, by the schema version that it migrates to. A later migration that an
-- older program can't work with updates the row. Programs from before version 9 do not read it.

-- +goose Up
CREATE TABLE schema_support (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    oldest BIGINT NOT NULL
);
INSERT INTO schema_support (id, oldest) VALUES (1, 7);
