-- What stores events says in its row why it refused a batch, instead of failing: the columns of its result change,
-- which `create or replace` cannot do. save_events.sql and save_bulk.sql make them again.
drop function if exists bronze.save_events(text, text, timestamptz);
drop function if exists bronze.save_bulk(text, bigint, text);
