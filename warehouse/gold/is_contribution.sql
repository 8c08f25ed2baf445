-- Whether an event of this type is work on a repository, and whoever did it a contributor. Stars, forks, branches made or
-- deleted and members added are not.
create or replace function gold.is_contribution(event_type text) returns boolean
language sql immutable parallel safe as $$
    select event_type in (
        'PushEvent', 'PullRequestEvent', 'PullRequestReviewEvent', 'PullRequestReviewCommentEvent', 'IssuesEvent', 'IssueCommentEvent',
        'CommitCommentEvent', 'DiscussionEvent', 'ReleaseEvent', 'GollumEvent'
    );
$$;
comment on function gold.is_contribution(text) is 'Whether an event of this type is work on a repository, and whoever did it a contributor.';
