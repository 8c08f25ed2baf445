-- Dead letters of a span, the newest first: /dead-letters of the API. Items are refused rarely, and then one entry each.
create index dead_letter_queue_failed_at on bronze.dead_letter_queue (failed_at);
