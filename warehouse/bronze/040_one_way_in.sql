-- One function stores batches of every size, and says in its row why it refused one, instead of failing. It has other
-- arguments and columns than the two it replaces; bronze/save_events.sql makes it.
drop function if exists bronze.save_events(text, text, timestamptz);
drop function if exists bronze.save_bulk(text, bigint, text);
