-- What every warehouse starts with. Run again, it adds what is missing and changes nothing a person has curated.

select gold.add_dates(date '2010-01-01', date '2028-12-31');

insert into gold.dim_actors (actor_id, actor_login) values (-1, 'unknownuser') on conflict do nothing;
insert into gold.dim_repos (repo_id, repo_name) values (-1, 'unknownrepo') on conflict do nothing;

-- Types that GitHub documents, or once did: those from GistEvent on are seen in old archives only.
insert into gold.dim_event_types (event_type, event_category, is_core_metric, is_curated)
values
    ('PushEvent', 'code', true, true),
    ('CreateEvent', 'code', false, true),
    ('DeleteEvent', 'code', false, true),
    ('CommitCommentEvent', 'code', false, true),
    ('PullRequestEvent', 'collaboration', true, true),
    ('PullRequestReviewEvent', 'collaboration', true, true),
    ('PullRequestReviewCommentEvent', 'collaboration', false, true),
    ('IssuesEvent', 'collaboration', true, true),
    ('IssueCommentEvent', 'collaboration', false, true),
    ('DiscussionEvent', 'community', false, true),
    ('WatchEvent', 'community', true, true),
    ('ForkEvent', 'community', true, true),
    ('GollumEvent', 'community', false, true),
    ('ReleaseEvent', 'release', true, true),
    ('MemberEvent', 'administration', false, true),
    ('PublicEvent', 'administration', false, true),
    ('GistEvent', 'community', false, true),
    ('FollowEvent', 'community', false, true),
    ('DownloadEvent', 'release', false, true),
    ('TeamAddEvent', 'administration', false, true),
    ('PullRequestReviewThreadEvent', 'collaboration', false, true),
    ('SponsorshipEvent', 'community', false, true),
    ('Event', 'administration', false, true)
on conflict (event_type) do update
set event_category = excluded.event_category,
    is_core_metric = excluded.is_core_metric,
    is_curated = excluded.is_curated
where not dim_event_types.is_curated;
