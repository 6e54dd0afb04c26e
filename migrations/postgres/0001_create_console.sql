-- What the program keeps about itself, by name.
CREATE TABLE setting (
    name TEXT NOT NULL PRIMARY KEY,
    content BYTEA NOT NULL
);

-- Log-in sessions; a row that is gone is a session that has ended.
CREATE TABLE session (
    id TEXT NOT NULL PRIMARY KEY,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL
);

-- Failed log-ins, by account and by address.
CREATE TABLE login_failure (
    scope TEXT NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL
);

-- The configuration being edited; its content is encrypted.
CREATE TABLE draft (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    version BIGINT NOT NULL,
    saved_at BIGINT NOT NULL,
    origin TEXT NOT NULL,
    content BYTEA NOT NULL
);

-- The files beside it; their content is encrypted.
CREATE TABLE draft_file (
    name TEXT NOT NULL PRIMARY KEY,
    content BYTEA NOT NULL
);
