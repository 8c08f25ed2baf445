-- One row per made-up event, numbers first_event to last_event, of a stream whose event number `newest` came in at
-- `ends_at` at 300 a minute: a function of the numbers alone, so that what comes next continues what there is, with
-- the same accounts and repositories. Bodies are as GitHub has trimmed them since October 2025.
--
-- begins_on   the first moment that events happened at; they are spread from there to `ends_at_github`
create schema bench;
create function bench.make_events(
    first_event bigint,
    last_event bigint,
    newest bigint,
    begins_on timestamptz,
    ends_at_github timestamptz,
    ends_at timestamptz
)
returns table (event_id text, event_type text, created_at timestamptz, ingested_at timestamptz, payload jsonb)
language sql stable as $$
    with drawn as (
        select
            n,
            -- 0 to 1, the same for a number each time.
            (hashint8extended(n, 1) & 1048575) / 1048576.0::float8 as type_draw,
            -- By Zipf's law, and nine times of ten in one of three repositories of the account's own, see make-events.ts.
            floor(power(200000, (hashint8extended(n, 2) & 1048575) / 1048576.0::float8))::bigint as actor,
            floor(power(1000000, (hashint8extended(n, 3) & 1048575) / 1048576.0::float8))::bigint as popular_repo,
            (hashint8extended(n, 4) & 1048575) / 1048576.0::float8 as own_draw,
            hashint8extended(n, 5) & 1048575 as own_number,
            md5(n::text) as digest
        from generate_series(first_event, last_event) as series (n)
    ),
    placed as (
        select
            *,
            case
                when own_draw < 0.9 and actor >= 10
                    then (hashint8extended(actor, floor(power(3, own_number / 1048576.0::float8))::bigint) & 9223372036854775807) % 1000000
                else popular_repo
            end as repo
        from drawn
    ),
    typed as (
        select
            *,
            case
                when type_draw < 0.61 then 'PushEvent'
                when type_draw < 0.73 then 'CreateEvent'
                when type_draw < 0.79 then 'PullRequestEvent'
                when type_draw < 0.85 then 'WatchEvent'
                when type_draw < 0.90 then 'IssueCommentEvent'
                when type_draw < 0.95 then 'DeleteEvent'
                else 'ForkEvent'
            end as type,
            'account' || actor || case when actor < 10 then '[bot]' else '' end as login,
            date_trunc('second', begins_on + (ends_at_github - begins_on) * (n::float8 / newest)) as happened_at
        from placed
    ),
    keyed as (
        select
            *,
            -- Two sequences, as GitHub has had since October 2025.
            (case when type in ('PushEvent', 'CreateEvent', 'DeleteEvent') then 18400000000 else 13300000000 end
                + n * 7)::text as id,
            'owner' || repo % 60000 || '/project' || repo as repo_name
        from typed
    )
    select
        id,
        type,
        happened_at,
        ends_at - interval '1 minute' * ((newest - n) / 300),
        jsonb_build_object(
            'id', id,
            'type', type,
            'actor', jsonb_build_object(
                'id', 1000003 + actor * 7,
                'login', login,
                'display_login', replace(login, '[bot]', ''),
                'gravatar_id', '',
                'url', 'https://api.github.com/users/' || login,
                'avatar_url', 'https://avatars.githubusercontent.com/u/' || 1000003 + actor * 7 || '?'
            ),
            'repo', jsonb_build_object(
                'id', 10000019 + repo * 11,
                'name', repo_name,
                'url', 'https://api.github.com/repos/' || repo_name
            ),
            'payload', jsonb_build_object(
                'action', case when type in ('PullRequestEvent', 'IssueCommentEvent') then 'created' end,
                'number', case when type = 'PullRequestEvent' then n % 5000 end,
                'repository_id', 10000019 + repo * 11,
                'push_id', 29000000000 + n,
                'ref', 'refs/heads/main',
                'head', digest || left(digest, 8),
                'before', left(digest, 8) || digest
            ),
            'public', true,
            'created_at', to_char(happened_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
        )
    from keyed
    order by n;
$$;
