-- Which step of the draft's history it shows.
ALTER TABLE draft ADD COLUMN step BIGINT NOT NULL DEFAULT 0;

-- The states a draft went through, for undo and redo; their content is encrypted.
CREATE TABLE draft_step (
    position BIGINT NOT NULL PRIMARY KEY,
    made_at BIGINT NOT NULL,
    label TEXT NOT NULL,
    content BYTEA NOT NULL
);

-- What was loaded, downloaded or saved, with who, when and why; their content is encrypted.
CREATE TABLE revision (
    id BIGINT NOT NULL PRIMARY KEY,
    made_at BIGINT NOT NULL,
    author TEXT NOT NULL,
    action TEXT NOT NULL,
    reason TEXT NOT NULL,
    content BYTEA NOT NULL
);
