-- Runs of all pipelines in the order of time: /runs and /incidents of the API. A run writes one entry; the index by pipeline
-- would have all runs read and sorted.
create index pipeline_runs_started_at on ops.pipeline_runs (started_at);
create index pipeline_runs_failed on ops.pipeline_runs (started_at) where status = 'failed';
